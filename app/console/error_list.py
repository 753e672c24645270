"""Every refusal there is, read off the classes that the code raises: for the page and for docs/errors.md."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from app.core.errors import AppError
from app.core.openapi.problems import meaning, specimen

# What to do where a class does not say it in the second paragraph of its docstring.
_ADVICE: Final[Mapping[int, str]] = {
    400: "Correct the call; sent again as it is, it is refused again.",
    401: "Send a valid credential as `Authorization: Bearer …`. A ticket cannot be renewed: register a comparison.",
    403: "Use a credential that allows it, or ask the operator to allow it.",
    404: "Check the address and the id. What belongs to another workspace is not found either.",
    405: "Use one of the methods in the answer's `Allow` header.",
    409: "Do not send it again as it is: look at how things stand now.",
    410: "It does not come back; leave it.",
    413: "Send less. The limit is in `detail`.",
    415: "Send the content type that the call takes, and declare it in `Content-Type`.",
    416: "Ask for a range that begins within the file; its size is in `Content-Range`.",
    422: "Correct the body; `errors` says where, if it is one place. Sent again as it is, it is refused again.",
    500: "Send it again once, with the same Idempotency-Key; if it stays, give the operator the `request_id`.",
    503: "Nothing was done. Send it again after the seconds in `Retry-After`, with the same Idempotency-Key.",
}
_RETRY: Final = "Wait for the seconds in `Retry-After` and send the same call again."


class ErrorEntry(NamedTuple):
    """One refusal as its reader needs it."""

    code: str
    status: int
    title: str
    meaning: str
    remedy: str


def list_errors() -> list[ErrorEntry]:
    """Every refusal that the loaded code can raise, by code."""
    found = {each.code: _entry(each) for each in _subclasses(AppError) if each.__module__.startswith("app.")}
    return [found[code] for code in sorted(found)]


def _subclasses(error_class: type[AppError]) -> Iterator[type[AppError]]:
    for below in error_class.__subclasses__():
        yield below
        yield from _subclasses(below)


def _entry(error_class: type[AppError]) -> ErrorEntry:
    return ErrorEntry(
        error_class.code, error_class.status, error_class.title, meaning(error_class), _remedy(error_class)
    )


def _remedy(error_class: type[AppError]) -> str:
    own = (error_class.__doc__ or "").strip().partition("\n\n")[2]
    if own:
        return re.sub(r"\s+", " ", own.strip())
    if error_class.status < 500 and any(name == "Retry-After" for name, _ in specimen(error_class).headers):
        return _RETRY
    return _ADVICE[error_class.status]


def errors_markdown() -> str:
    """docs/errors.md."""
    entries = list_errors()
    lines = [
        "# Errors",
        "",
        "A refusal is a problem document (RFC 9457): `type`, `title`, `status`, `code`, `request_id`, and where",
        "it helps `detail` and `errors: [{pointer, detail}]`. Decide by `code`; it does not change. A running",
        "server shows this list at `/docs/errors`, where each `type` leads.",
        "Made by `flask docs errors > docs/errors.md`.",
        "",
        "| code | status | title |",
        "| --- | --- | --- |",
        *(f"| [`{each.code}`](#{each.code}) | {each.status} | {each.title} |" for each in entries),
    ]
    for each in entries:
        lines += [
            "",
            f"## `{each.code}`",
            "",
            f"Status {each.status}. {each.title}.",
            "",
            each.meaning,
            "",
            f"**What to do.** {each.remedy}",
        ]
    return "\n".join(lines) + "\n"

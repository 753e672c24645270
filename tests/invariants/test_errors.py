"""Every refusal has a code of its own, and docs/errors.md lists exactly those codes."""

import re
from collections import Counter
from http import HTTPStatus

from app.console.error_list import errors_markdown
from app.core.errors import AppError
from tests.invariants.source import ROOT, import_everything

import_everything()
_CODE = re.compile(r"[a-z]+(-[a-z0-9]+)*")
_HEADING = re.compile(r"^#{2,4} `?([a-z0-9-]+)`?$", re.MULTILINE)


def _refusals() -> list[type[AppError]]:
    found: list[type[AppError]] = []
    waiting: list[type[AppError]] = [AppError]
    while waiting:
        error_class = waiting.pop()
        if error_class.__module__.startswith("app."):
            found.append(error_class)
        waiting += error_class.__subclasses__()
    return found


def test_no_two_refusals_share_a_code() -> None:
    # InternalError is AppError as it stands: the one for crashes.
    counted = Counter(error_class.code for error_class in _refusals() if error_class is not AppError)
    assert [code for code, times in counted.items() if times > 1] == []


def test_codes_are_kebab_case_and_statuses_are_refusals() -> None:
    for error_class in _refusals():
        assert _CODE.fullmatch(error_class.code), error_class
        assert HTTPStatus(error_class.status) >= HTTPStatus.BAD_REQUEST, error_class


def test_every_refusal_has_a_title_and_a_sentence_of_its_own() -> None:
    for error_class in _refusals():
        assert error_class.title[0].isupper()
        assert not error_class.title.endswith("."), error_class
        assert error_class.__doc__, error_class
        assert error_class is AppError or error_class.__doc__ != AppError.__doc__, error_class


def test_the_reference_lists_exactly_the_codes_there_are() -> None:
    documented = Counter(_HEADING.findall((ROOT / "docs/errors.md").read_text()))
    assert documented == Counter({error_class.code for error_class in _refusals()})


def test_the_reference_gives_each_code_its_status() -> None:
    sections = _HEADING.split((ROOT / "docs/errors.md").read_text())[1:]
    bodies = dict(zip(sections[::2], sections[1::2], strict=True))
    wrong = [e.code for e in _refusals() if str(e.status) not in bodies.get(e.code, "")]
    assert wrong == []


def test_the_reference_is_what_the_code_says() -> None:
    assert (ROOT / "docs/errors.md").read_text() == errors_markdown(), "flask docs errors > docs/errors.md"

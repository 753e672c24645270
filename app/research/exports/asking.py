"""Asking for an export on the command line: the same names, limits and refusals as over HTTP."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any, Final, TypeVar

import click
from marshmallow import ValidationError

from app.research.exports.request import (
    MOST_K,
    ExportFilters,
    ExportFormat,
    ExportRequest,
    KTooSmall,
    RaterScope,
)
from app.research.exports.schemas import NewExportSchema
from app.research.records.record import Outcome, ReviewStatus

Command = TypeVar("Command", bound=Callable[..., Any])

# By the members of the request's body, in the order of the help.
_OPTIONS: Final = {
    "purpose": click.option("--purpose", help="What it is made for."),
    "recipient": click.option("--recipient", help="Who will hold the files."),
    "from_week": click.option(
        "--from-week", metavar="DATE", help="The first week, by any of its days: YYYY-MM-DD."
    ),
    "to_week": click.option(
        "--to-week", metavar="DATE", help="The last week, by any of its days; it is included."
    ),
    "models": click.option(
        "--model", "models", multiple=True, help="Only records with this model; repeat for more."
    ),
    "surfaces": click.option(
        "--surface", "surfaces", multiple=True, help="Only records of this surface; repeat for more."
    ),
    "languages": click.option(
        "--language", "languages", multiple=True, help="Only records in this language; repeat for more."
    ),
    "outcomes": click.option(
        "--outcome",
        "outcomes",
        multiple=True,
        type=click.Choice([outcome.value for outcome in Outcome]),
        help="Only records that ended so; repeat for more.",
    ),
    "notice_versions": click.option(
        "--notice-version",
        "notice_versions",
        multiple=True,
        help="Only records whose rater was shown this notice; repeat for more.",
    ),
    "review_statuses": click.option(
        "--review-status",
        "review_statuses",
        multiple=True,
        type=click.Choice([status.value for status in ReviewStatus]),
        help="Only records of which review says so; repeat for more. All but rejected ones without it.",
    ),
    "k": click.option(
        "--k",
        type=click.IntRange(1, MOST_K),
        help="Leave out cells of week and language with fewer persons. PAIRVOTE_EXPORT_K unless given, and no less; "
        "1 leaves out nothing.",
    ),
    "formats": click.option(
        "--format",
        "formats",
        multiple=True,
        type=click.Choice([each.value for each in ExportFormat]),
        help="A form of the rows; repeat for more. Parquet is always one; all of them unless one is named.",
    ),
    "rater_scope": click.option(
        "--rater-scope",
        type=click.Choice([scope.value for scope in RaterScope]),
        help="Within what a rater's votes can be seen to belong together: conversation unless given.",
    ),
    "rater_scope_reason": click.option(
        "--rater-scope-reason",
        help="Why raters must be followed through the whole export; needed for the scope export.",
    ),
}
_FILTERS: Final = tuple(each.name for each in fields(ExportFilters))
_SPELLINGS: Final = {
    name: f"--{name.removesuffix('es') if name == 'review_statuses' else name.removesuffix('s')}".replace(
        "_", "-"
    )
    for name in _OPTIONS
}


def request_options(command: Command) -> Command:
    """Gives a command an option for each member of a request."""
    for option in reversed(_OPTIONS.values()):
        command = option(command)
    return command


def read_request(asked: Mapping[str, Any], *, least_k: int) -> ExportRequest:
    """The request that the options make. click.UsageError names the option that is odd."""
    given = {name: _plain(value) for name, value in asked.items() if value not in (None, ())}
    filters = {name: given.pop(name) for name in _FILTERS if name in given}
    try:
        request: ExportRequest = NewExportSchema().load(
            {**given, **({"filters": filters} if filters else {})}
        )
        return request.settled(least_k=least_k)
    except ValidationError as error:
        raise click.UsageError(" ".join(_sentences(error.messages_dict))) from None
    except KTooSmall as error:
        raise click.UsageError(f"--k: {error}") from None


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _sentences(messages: Mapping[Any, Any], option: str = "") -> Iterator[str]:
    for name, found in messages.items():
        spelling = _SPELLINGS.get(name, option)
        if isinstance(found, Mapping):
            yield from _sentences(found, spelling)
        else:
            yield f"{spelling}: {' '.join(found)}"

"""What somebody asks an export for: whose records, for what purpose, and how far raters can be followed."""

import enum
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from app.core.clock import iso_date
from app.research.records.record import Outcome, ReviewStatus

# An allow-list: records in a state that nobody has thought of here leave only when they are asked for by name.
EXPORTABLE: Final = (ReviewStatus.UNREVIEWED, ReviewStatus.REVIEWED)

MOST_K: Final = 1000


class RaterScope(enum.StrEnum):
    """Within what the votes of one rater can be seen to belong together."""

    NONE = "none"
    CONVERSATION = "conversation"
    EXPORT = "export"


class KTooSmall(ValueError):
    """A request for a smaller k than the installation allows."""


class ExportFormat(enum.StrEnum):
    """A form in which an export holds its rows. Parquet is the canonical one: every export has it."""

    PARQUET = "parquet"
    JSONL = "jsonl"
    CSV = "csv"


def ordered_formats(wanted: Iterable[ExportFormat]) -> tuple[ExportFormat, ...]:
    """Each form once, in one order, and Parquet always."""
    chosen = {ExportFormat.PARQUET, *wanted}
    return tuple(each for each in ExportFormat if each in chosen)


@dataclass(frozen=True, kw_only=True)
class ExportFilters:
    """Which records of a workspace an export is made of; an empty tuple takes every value."""

    from_week: int | None = None
    """The Monday of the first week, in days since 1970-01-01."""
    to_week: int | None = None
    """The Monday of the last week, which is included."""
    models: tuple[str, ...] = ()
    """Records in which one of these models gave an answer."""
    surfaces: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    notice_versions: tuple[str, ...] = ()
    review_statuses: tuple[ReviewStatus, ...] = EXPORTABLE

    def described(self) -> dict[str, Any]:
        """The filters as JSON values that people read: what was not chosen by is left out."""
        values = {name: value for name, value in asdict(self).items() if value not in (None, ())}
        for name in ("from_week", "to_week"):
            if name in values:
                values[name] = iso_date(values[name])
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


@dataclass(frozen=True, kw_only=True)
class ExportRequest:
    """One request for an export."""

    filters: ExportFilters = field(default_factory=ExportFilters)
    purpose: str | None = None
    recipient: str | None = None
    formats: tuple[ExportFormat, ...] = tuple(ExportFormat)
    """In which forms, besides Parquet."""
    rater_scope: RaterScope = RaterScope.CONVERSATION
    rater_scope_reason: str | None = None
    """Why raters must be followed through the whole export; stated wherever they are."""
    k: int | None = None
    """Cells of fewer persons are suppressed; None until `settled` puts the installation's own in its place."""

    def settled(self, *, least_k: int) -> "ExportRequest":
        """The request as it will be stored. KTooSmall."""
        k = least_k if self.k is None else self.k
        if k < least_k:
            raise KTooSmall(f"At least {least_k} here (PAIRVOTE_EXPORT_K).")
        return replace(self, k=k)

    def __post_init__(self) -> None:
        """Says each form once, in one order, and Parquet always."""
        object.__setattr__(self, "formats", ordered_formats(self.formats))

    def to_json(self) -> str:
        """The request for storage."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "ExportRequest":
        """A stored request."""
        stored: dict[str, Any] = json.loads(text)
        stored["filters"] = _filters(stored["filters"])
        stored["rater_scope"] = RaterScope(stored["rater_scope"])
        # Whoever asked before there was a choice gets all forms.
        stored["formats"] = tuple(ExportFormat(value) for value in stored.get("formats", ExportFormat))
        return cls(**stored)


def _filters(stored: Mapping[str, Any]) -> ExportFilters:
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
    }
    values["outcomes"] = tuple(Outcome(value) for value in values["outcomes"])
    values["review_statuses"] = tuple(ReviewStatus(value) for value in values["review_statuses"])
    return ExportFilters(**values)

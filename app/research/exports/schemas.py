"""The shape of a request for an export, and of what is told of one."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from app.core.clock import week_of
from app.research.exports.models import ExportFailure, ExportState
from app.research.exports.request import MOST_K, ExportFilters, ExportFormat, ExportRequest, RaterScope
from app.research.records.record import Outcome, ReviewStatus

PAGE: Final = 20
MOST_ON_A_PAGE: Final = 100
_MOST_VALUES: Final = 100
_EPOCH: Final = dt.date(1970, 1, 1)
_DATE: Final = re.compile(r"(?:19[7-9]\d|2\d{3})-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class ExportsPage:
    """Which exports to list."""

    limit: int = PAGE
    cursor: str | None = None


def read_week(text: str) -> int:
    """The Monday of the week of a day written YYYY-MM-DD, in days since 1970-01-01. ValueError."""
    if not _DATE.fullmatch(text):
        raise ValueError("Not a date such as 2026-11-16.")
    return week_of((dt.date.fromisoformat(text) - _EPOCH).days)


class WeekField(fields.Field[int]):
    """A week, by any of its days."""

    json_schema: Final = {"type": "string", "format": "date"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if not isinstance(value, str):
            raise ValidationError("Not a date such as 2026-11-16.")
        try:
            return read_week(value)
        except ValueError:
            raise ValidationError("Not a date such as 2026-11-16.") from None


class QueryNumberField(fields.Integer):
    """A whole number in an address: ASCII digits and nothing else."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10):
            raise ValidationError("Not a whole number.")
        return int(value)


def _texts(most: int, description: str) -> fields.List[str]:
    return fields.List(
        fields.String(validate=validate.Length(1, most)),
        validate=validate.Length(1, _MOST_VALUES),
        metadata={"description": description},
    )


class ExportFiltersSchema(Schema):
    """Which records; what is not named does not choose."""

    from_week = WeekField(metadata={"description": "The first week, by any of its days."})
    to_week = WeekField(metadata={"description": "The last week, by any of its days; it is included."})
    models = _texts(200, "Records in which one of these models gave an answer.")
    surfaces = _texts(64, "Where in the product the question was asked.")
    languages = _texts(35, "As the host declared them.")
    notice_versions = _texts(20, "Which notice the rater was shown.")
    outcomes = fields.List(fields.Enum(Outcome, by_value=True), validate=validate.Length(1, len(Outcome)))
    review_statuses = fields.List(
        fields.Enum(ReviewStatus, by_value=True),
        validate=validate.Length(1, len(ReviewStatus)),
        metadata={"description": "All but rejected ones unless said otherwise."},
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> ExportFilters:
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        return ExportFilters(**values)


class NewExportSchema(Schema):
    """A request for an export."""

    # What the check below refuses, for callers that read the shape.
    json_schema: Final = {
        "if": {"properties": {"rater_scope": {"const": "export"}}, "required": ["rater_scope"]},
        "then": {"required": ["rater_scope_reason"]},
    }

    purpose = fields.String(
        validate=validate.Length(1, 500), metadata={"description": "What it is made for."}
    )
    recipient = fields.String(
        validate=validate.Length(1, 200), metadata={"description": "Who will hold the files."}
    )
    filters = fields.Nested(ExportFiltersSchema)
    k = fields.Integer(
        strict=True,
        validate=validate.Range(1, MOST_K),
        metadata={
            "description": "Cells of week and language (and of surface, where chosen by it) with fewer persons are "
            "suppressed. `PAIRVOTE_EXPORT_K` unless said otherwise, and no less; 1 suppresses nothing."
        },
    )
    formats = fields.List(
        fields.Enum(ExportFormat, by_value=True),
        validate=validate.Length(1, len(ExportFormat)),
        metadata={
            "description": "In which forms the rows are wanted; Parquet is always one. All unless said otherwise."
        },
    )
    rater_scope = fields.Enum(
        RaterScope,
        by_value=True,
        metadata={
            "description": "Within what the votes of one rater can be seen to belong together: `conversation` unless "
            "said otherwise."
        },
    )
    rater_scope_reason = fields.String(
        validate=validate.Length(10, 500),
        metadata={
            "description": "Why raters must be followed through the whole export; needed for that scope."
        },
    )

    @validates_schema
    def _states_its_reason(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("rater_scope") is RaterScope.EXPORT and "rater_scope_reason" not in data:
            raise ValidationError("The scope `export` needs a stated reason.", "rater_scope_reason")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> ExportRequest:
        return ExportRequest(**{**data, "formats": tuple(data.get("formats", ExportFormat))})


class ExportsPageSchema(Schema):
    """A page of the list."""

    limit = QueryNumberField(
        validate=validate.Range(1, MOST_ON_A_PAGE),
        metadata={"description": f"How many; {PAGE} unless said otherwise."},
    )
    cursor = fields.String(
        validate=validate.Length(1, 100), metadata={"description": "`next_cursor` of the page before."}
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> ExportsPage:
        return ExportsPage(**data)


class ExportSummarySchema(Schema):
    """An export: what was asked for, and how far it is."""

    id = fields.String(required=True)
    state = fields.Enum(ExportState, by_value=True, required=True)
    purpose = fields.String(allow_none=True, required=True)
    recipient = fields.String(allow_none=True, required=True)
    filters = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "Those in force; weeks by their Mondays."},
    )
    k = fields.Integer(
        allow_none=True,
        required=True,
        metadata={"description": "Cells of fewer persons are suppressed; 1: none."},
    )
    formats = fields.List(fields.Enum(ExportFormat, by_value=True), required=True)
    rater_scope = fields.Enum(RaterScope, by_value=True, required=True)
    rater_scope_reason = fields.String(allow_none=True, required=True)
    created_at = fields.AwareDateTime(required=True)
    started_at = fields.AwareDateTime(allow_none=True, required=True)
    finished_at = fields.AwareDateTime(allow_none=True, required=True)
    expires_at = fields.AwareDateTime(
        required=True, metadata={"description": "Then the files are deleted and the ids' key destroyed."}
    )
    progress = fields.Float(
        required=True,
        metadata={"description": "How much of the work is done, from 0 to 1; told about every ten seconds."},
    )
    rows_in = fields.Integer(
        allow_none=True,
        required=True,
        metadata={"description": "Records chosen; grows while they are chosen."},
    )
    rows_out = fields.Integer(
        required=True, metadata={"description": "Rows written; grows while it is built."}
    )
    dropped = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "Records chosen and left out, by reason."},
    )
    bytes = fields.Integer(allow_none=True, required=True)
    manifest_sha256 = fields.String(allow_none=True, required=True)
    failure = fields.Enum(ExportFailure, by_value=True, allow_none=True, required=True)


class ExportFileSchema(Schema):
    """A file to download: `GET /v1/exports/{id}/files/{path}`."""

    path = fields.String(required=True)
    bytes = fields.Integer(required=True)
    sha256 = fields.String(required=True, metadata={"description": "The ETag of the download, too."})
    rows = fields.Integer(
        allow_none=True, required=True, metadata={"description": "Of a table; null for other files."}
    )


class ExportSchema(ExportSummarySchema):
    """An export with its files, which are there while it is ready."""

    files = fields.List(fields.Nested(ExportFileSchema), required=True)


class ExportListSchema(Schema):
    """Exports, newest first."""

    data = fields.List(fields.Nested(ExportSummarySchema), required=True)
    next_cursor = fields.String(
        allow_none=True, required=True, metadata={"description": "Give it as `cursor` for the next page."}
    )
    has_more = fields.Boolean(required=True)


class ExportKeySchema(Schema):
    """A public key as a JWK (RFC 7517, RFC 8037)."""

    kty = fields.String(required=True)
    crv = fields.String(required=True)
    x = fields.String(required=True, metadata={"description": "The 32 bytes, in base64url."})
    kid = fields.String(
        required=True, metadata={"description": "The key's thumbprint (RFC 7638); manifests name it."}
    )
    use = fields.String(required=True)
    alg = fields.String(required=True)
    pem = fields.String(required=True, metadata={"description": "The same key, as OpenSSL reads it."})
    is_primary = fields.Boolean(
        required=True, metadata={"description": "New exports are signed with this one."}
    )
    created_at = fields.AwareDateTime(required=True)


class ExportKeysSchema(Schema):
    """The keys whose signatures hold, newest first."""

    keys = fields.List(fields.Nested(ExportKeySchema), required=True)


class ExportDryRunSchema(Schema):
    """What an export would hold if it were made now. Nothing was made."""

    k = fields.Integer(required=True)
    rows_in = fields.Integer(
        required=True,
        metadata={
            "description": "Records chosen, and those of the same weeks that were suppressed before any other filter "
            "was looked at: no count tells what they hold."
        },
    )
    rows_out = fields.Integer(required=True)
    dropped = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={
            "description": "By reason. Records that cannot be read any more show when the export is built."
        },
    )
    rows_with_text = fields.Integer(required=True)
    by_outcome = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    small_cells = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.Integer()),
        required=True,
        metadata={"description": "By number of persons: the cells that would have fewer, and their rows."},
    )

"""The shape of a report and of its answer."""

from typing import Any, NamedTuple

from marshmallow import Schema, fields, post_load, validate

from app.trust.reports.models import ReportCategory, ReportSide


class NewReport(NamedTuple):
    """A report as the widget sends it."""

    side: ReportSide
    category: ReportCategory
    comment: str | None = None


class NewReportSchema(Schema):
    """A report of one response, or of both."""

    side = fields.Enum(ReportSide, by_value=True, required=True)
    category = fields.Enum(ReportCategory, by_value=True, required=True)
    comment = fields.String(allow_none=True, validate=validate.Length(max=4000))

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> NewReport:
        return NewReport(data["side"], data["category"], data.get("comment") or None)


class ReportedSchema(Schema):
    """What a report is answered."""

    reference = fields.String(
        required=True,
        metadata={"description": "For asking about the report; it says nothing of what was reported."},
    )

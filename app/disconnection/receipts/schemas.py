"""The shape of a receipt, and of what its holder is told."""

from typing import Any, NamedTuple

from marshmallow import Schema, fields, post_load, validate

from app.disconnection.receipts.models import ReceiptState


class Receipt(NamedTuple):
    """A receipt as its holder sends it."""

    text: str


class ReceiptSchema(Schema):
    """A receipt, in the body alone: an address ends up in histories and logs."""

    receipt = fields.String(
        required=True,
        validate=validate.Length(1, 100),
        metadata={"description": "`pvr_…`, from the answer to the vote."},
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Receipt:
        return Receipt(data["receipt"])


class _HeldExportSchema(Schema):
    id = fields.String(required=True)
    purpose = fields.String(required=True, allow_none=True, metadata={"description": "What it was made for."})
    created_week = fields.Date(required=True, metadata={"description": "A Monday."})


class StandingSchema(Schema):
    """How the vote of a receipt stands: never what was chosen."""

    state = fields.Enum(
        ReceiptState,
        by_value=True,
        required=True,
        metadata={
            "description": "recorded: it can still be undone where it was cast. final: it waits for disconnection. "
            "disconnected: it is research data, cut from its person. withdrawing: it is gone on this side and about "
            "to be taken out of research. withdrawn: it is gone, "
            "also where it was dropped on its way because nothing is shared any more."
        },
    )
    undo_until = fields.AwareDateTime(metadata={"description": "Only while it is recorded."})
    week = fields.Date(
        metadata={"description": "The Monday under which research has it; only of what is there."}
    )
    exports = fields.List(
        fields.Nested(_HeldExportSchema),
        metadata={"description": "The living exports that have it; only of what is in research."},
    )
    exports_known = fields.Boolean(
        metadata={
            "description": "Whether all of them could be looked at. A process that may not open research cannot tell."
        }
    )
    tombstoned = fields.Boolean(
        metadata={
            "description": "Of a vote that is withdrawn: whether exports had it, whose holders are told to delete it."
        }
    )


class WithdrawnSchema(Schema):
    """What a withdrawal has come to."""

    state = fields.String(
        required=True,
        validate=validate.OneOf([ReceiptState.WITHDRAWING.value, ReceiptState.WITHDRAWN.value]),
        metadata={
            "description": "withdrawing: a job takes the record out of research, within seconds as a rule. "
            "Look the receipt up to see it become withdrawn."
        },
    )

"""The shape of an erasure that is asked for, and of its report."""

from typing import Any, NamedTuple

from marshmallow import Schema, fields, post_load

from app.disconnection.erasures.models import ErasureScope, ErasureState, StepName
from app.intake.fields import IdentifiersSchema
from app.intake.persons.services import Identifiers


class NewErasure(NamedTuple):
    """An erasure as a host asks for it."""

    identifiers: Identifiers
    scope: ErasureScope = ErasureScope.PERSON
    forget_wishes: bool = False


class NewErasureSchema(Schema):
    """Whose data goes, and what of it."""

    identifiers = fields.Nested(
        IdentifiersSchema,
        required=True,
        metadata={"description": "With `account`; for the scope `conversation` with `conversation`, too."},
    )
    scope = fields.Enum(
        ErasureScope,
        by_value=True,
        metadata={
            "description": "person: everything of them, and who comes back is a stranger. conversation: what they "
            "were asked and chose in it. votes: every vote of theirs, wherever it is; their wishes stay. person, "
            "unless said otherwise."
        },
    )
    forget_wishes = fields.Boolean(
        truthy={True},
        falsy={False},
        metadata={
            "description": "Of a person: also forget that they do not want to be asked, or share less. Otherwise a "
            "refusal outlives the erasure, and nothing else does."
        },
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> NewErasure:
        return NewErasure(**data)


class _StepSchema(Schema):
    step = fields.Enum(StepName, by_value=True, required=True)
    state = fields.String(required=True, metadata={"description": "open or done."})
    done_at = fields.AwareDateTime()
    deleted = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "How many, by table."},
    )


class _HolderSchema(Schema):
    id = fields.String(required=True)
    created_week = fields.Date(required=True, metadata={"description": "A Monday."})
    has_ended = fields.Boolean(
        required=True,
        metadata={"description": "Its files and its key are gone here: nobody can tell which rows it had."},
    )
    tombstones = fields.Integer(
        required=True, metadata={"description": "Rows of this erasure that its holders are told to delete."}
    )
    downloads = fields.Integer(
        required=True, metadata={"description": "Files that were fetched, each once for a key and a day."}
    )
    last_downloaded_day = fields.Date()


class _RemainderSchema(Schema):
    what = fields.String(
        required=True, metadata={"description": "exports, backups, key_store, receipts, reports or wishes."}
    )
    why = fields.String(required=True)
    until = fields.Date(metadata={"description": "Until when; without it nobody can say."})
    exports = fields.List(fields.Nested(_HolderSchema))


class ErasureSchema(Schema):
    """How an erasure stands: what was deleted where, and what cannot be."""

    id = fields.String(required=True)
    scope = fields.Enum(ErasureScope, by_value=True, required=True)
    state = fields.Enum(ErasureState, by_value=True, required=True)
    requested_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime()
    steps = fields.List(fields.Nested(_StepSchema), required=True)
    remains = fields.List(fields.Nested(_RemainderSchema), required=True)


class WithdrawalSchema(Schema):
    """A withdrawal of all votes that goes on."""

    id = fields.String(
        required=True, metadata={"description": "The host can see with it how far it has come."}
    )
    state = fields.Enum(ErasureState, by_value=True, required=True)

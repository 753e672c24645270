"""The shapes of the demo product's own calls; they are no part of Pairvote's API."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.demo.host import NewMessage

_MOST_STEPS = 10
_LONGEST_ANSWER = 20_000


def _account() -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(r"[A-Za-z0-9-]{8,64}\Z"))


class NewMessageSchema(Schema):
    """The visitor sends a conversation's next prompt."""

    conversation = fields.String(required=True, validate=validate.Length(1, 64))
    account = _account()
    step = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, _MOST_STEPS))
    kept = fields.List(
        fields.String(validate=validate.Length(1, _LONGEST_ANSWER)),
        load_default=(),
        validate=validate.Length(max=_MOST_STEPS),
    )
    compare = fields.Boolean(truthy={True}, falsy={False}, load_default=True)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> NewMessage:
        return NewMessage(**data | {"kept": tuple(data["kept"])})


class AskAgainSchema(Schema):
    """The visitor wants to be asked again."""

    account = _account()

    @post_load
    def _make(self, data: dict[str, str], **_: Any) -> str:
        return data["account"]


class AnswerSchema(Schema):
    """What the page goes on with: a ticket, or an answer; and the calls that were made for it."""

    ask = fields.Dict(allow_none=True)
    answer = fields.String(allow_none=True)
    why = fields.String(allow_none=True)
    calls = fields.List(fields.Dict())


class ConversationsSchema(Schema):
    """The conversations that the demo knows, without their answers."""

    conversations = fields.List(fields.Dict())

"""The shapes of the demo product's own calls; they are no part of Pairvote's API."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.demo.host import NewMessage, ShownAnswer

_MOST_STEPS = 10
_LONGEST_ANSWER = 20_000


def _account() -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(r"[A-Za-z0-9-]{8,64}\Z"))


def _kept() -> fields.List[Any]:
    return fields.List(
        fields.String(validate=validate.Length(1, _LONGEST_ANSWER)),
        load_default=(),
        validate=validate.Length(max=_MOST_STEPS),
    )


class NewMessageSchema(Schema):
    """The visitor sends a conversation's next prompt."""

    conversation = fields.String(required=True, validate=validate.Length(1, 64))
    account = _account()
    step = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, _MOST_STEPS))
    kept = _kept()
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


class ShownAnswerSchema(Schema):
    """An answer that was not compared."""

    conversation = fields.String(required=True, validate=validate.Length(1, 64))
    account = _account()
    kept = _kept()

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> ShownAnswer:
        return ShownAnswer(**data | {"kept": tuple(data["kept"])})


class VisitorSchema(Schema):
    """A visitor of the page by their long random number: nobody guesses it, as nobody is signed in for another."""

    account = fields.String(required=True, validate=validate.Regexp(r"visitor-[0-9a-f]{16,56}\Z"))

    @post_load
    def _make(self, data: dict[str, str], **_: Any) -> str:
        return data["account"]


class SettingsSchema(Schema):
    """Where the settings page is; and the calls that were made for it."""

    url = fields.String(allow_none=True)
    why = fields.String(allow_none=True)
    calls = fields.List(fields.Dict())


class AnswerSchema(Schema):
    """What the page goes on with: a ticket, or an answer; and the calls that were made for it."""

    ask = fields.Dict(allow_none=True)
    answer = fields.String(allow_none=True)
    why = fields.String(allow_none=True)
    calls = fields.List(fields.Dict())


class ConversationsSchema(Schema):
    """The conversations that the demo knows, without their answers."""

    conversations = fields.List(fields.Dict())

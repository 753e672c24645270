"""The shape of a vote, a skip, and what they are answered."""

from typing import Any, NamedTuple

from marshmallow import Schema, fields, post_load, validate

from app.intake.comparisons.models import Choice, SkipReason


class CastVote(NamedTuple):
    """A vote as the widget sends it."""

    choice: Choice
    strength: int | None = None
    reasons: tuple[str, ...] = ()
    comment: str | None = None
    shown_ms: int | None = None


class Skip(NamedTuple):
    """A skip as the widget sends it."""

    reason: SkipReason | None = None


_CHOICES = {choice.value: choice for choice in Choice}


class CastVoteSchema(Schema):
    """A vote, or the vote that takes its place."""

    choice = fields.String(required=True, validate=validate.OneOf(list(_CHOICES)))
    strength = fields.Integer(
        strict=True,
        allow_none=True,
        validate=validate.Range(1, 3),
        metadata={
            "description": "How much better: 1 slightly, 2 better, 3 much better. Only with left or right."
        },
    )
    reasons = fields.List(
        fields.String(
            validate=validate.Regexp(r"[a-z0-9_]{1,40}\Z", error="Not one of the reasons offered.")
        ),
        validate=validate.Length(max=20),
    )
    comment = fields.String(allow_none=True, validate=validate.Length(max=4000))
    shown_ms = fields.Integer(
        strict=True,
        allow_none=True,
        validate=validate.Range(0, 604_800_000),
        metadata={
            "description": "How long the browser showed both responses; informative, the server measures too."
        },
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> CastVote:
        return CastVote(
            _CHOICES[data["choice"]],
            data.get("strength"),
            tuple(dict.fromkeys(data.get("reasons", ()))),
            data.get("comment") or None,
            data.get("shown_ms"),
        )


class VoteAnswerSchema(Schema):
    """What a recorded vote is answered."""

    receipt = fields.String(
        required=True, metadata={"description": "Whoever holds it can ask about this vote and withdraw it."}
    )
    undo_until = fields.AwareDateTime(required=True)
    revealed = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "{left, right}: the models, where the workspace reveals them."},
    )


class VoteUndoneSchema(Schema):
    """How the comparison stands after an undo."""

    state = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)


class SkipSchema(Schema):
    """A skip."""

    reason = fields.Enum(
        SkipReason, by_value=True, metadata={"description": "`not_now` unless said otherwise."}
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Skip:
        return Skip(**data)


class SkippedSchema(Schema):
    """What a skip is answered."""

    state = fields.String(required=True, validate=validate.Equal("skipped"))

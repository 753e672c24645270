"""Makes records for the tests of exports: seeded, and with everything a record can hold."""

import random
from collections.abc import Iterator
from typing import Any

from app.privacy.signatures import Signer
from app.research.exports.identities import ExportIdentities
from app.research.exports.manifest import ExportDetails
from app.research.exports.request import RaterScope
from app.research.exports.rows import Row
from app.research.exports.votes import project as project_many
from app.research.exports.votes import projected
from app.research.records.record import DeidLevel, Message, Outcome, Record, RecordContent, Sharing

KEY = bytes(range(32))
SIGNER = Signer(bytes(32))
MONDAY = 20_409
"""2025-11-17."""

_WORDS = (
    "the model answers plainly and cites **two** sources",
    "- first point\n- second point\n1. numbered",
    "# Heading\n\nA paragraph with `code` and an emoji 🦉.",
    "中文也要好好地写出来。",
    'quotes " and \\ backslashes, a line\u2028separator and a tab\t.',
    "```python\n# not a heading\n```",
)


def record(**changes: Any) -> Record:
    """A judged record with text, unless `changes` say otherwise."""
    values: dict[str, Any] = {
        "record_id": b"record-id-000000",
        "workspace_id": b"workspace-id-000",
        "conversation": b"conversation-000",
        "voter": b"voter-00",
        "voted_week": MONDAY,
        "outcome": Outcome.MODEL_A,
        "model_a": "acme-large",
        "model_b": "acme-small",
        "turn_index": 1,
        "n_turns": 2,
        "sharing": Sharing.VOTE_AND_CONTENT,
        "deid_level": DeidLevel.PATTERNS_ONLY,
        "surface": "chat",
        "language": "en",
        "strength": -2,
        "reasons": ("accurate", "clear"),
        "finish_reason_a": "stop",
        "finish_reason_b": "length",
        "latency_ms_bucket_a": "1-2s",
        "latency_ms_bucket_b": "2-5s",
        "time_to_vote_bucket": "5-10s",
        "input_tokens_a": 120,
        "input_tokens_b": 118,
        "output_tokens_a": 300,
        "output_tokens_b": 280,
        "selection_probability": 0.1,
        "quality_flags": ("fast",),
        "notice_version": "2025-10",
        "redaction_counts": {"phone": 1, "email": 2},
        "content": RecordContent(
            prompt=(
                Message("user", "What is an owl?"),
                Message("assistant", "A bird."),
                Message("user", "And a tawny owl?"),
            ),
            response_a="A **brown** owl of [woods].",
            response_b="# Tawny owl\n\n- brown\n- nocturnal",
            comment="a says more",
        ),
    }
    return Record(**{**values, **changes})


def records(count: int, *, seed: int = 1, characters: int = 400) -> Iterator[Record]:
    """Different records of every outcome, a fifth of them without text, some without a voter."""
    draw = random.Random(seed)
    models = [f"model-{number}" for number in range(7)]
    for _ in range(count):
        model_a, model_b = draw.sample(models, 2)
        shared = draw.random() < 0.8
        yield record(
            record_id=draw.randbytes(16),
            conversation=draw.randbytes(16),
            voter=draw.choice((b"", draw.randbytes(8))),
            outcome=draw.choice(list(Outcome)),
            model_a=model_a,
            model_b=model_b,
            strength=draw.choice((None, -3, 0, 3)),
            reasons=tuple(draw.sample(("accurate", "clear", "short"), draw.randrange(3))),
            redaction_counts=draw.choice(({}, {"email": 1}, {"email": 2, "phone": 1, "iban": 0})),
            selection_probability=draw.choice((None, 0.05, 1.0)),
            sharing=Sharing.VOTE_AND_CONTENT if shared else Sharing.VOTE_ONLY,
            content=_content(draw, characters) if shared else None,
        )


def project(item: Record, identities: ExportIdentities) -> Row:
    """The row of `votes` for a record."""
    (row,) = project_many([item], identities).to_pylist()
    return dict(row)


def rows(count: int, *, seed: int = 1, characters: int = 400) -> Iterator[Row]:
    """The rows of `votes` for `records`."""
    made = projected(records(count, seed=seed, characters=characters), ExportIdentities(KEY))
    return (row for batch in made for row in batch.to_pylist())


def details(**changes: Any) -> ExportDetails:
    """The details of an export made in the week after the votes."""
    values: dict[str, Any] = {
        "export_id": "exp_0123456789abcdefghjkmnpqrs",
        "created_day": MONDAY + 9,
        "expires_day": MONDAY + 39,
        "key_id": "k1",
        "rater_scope": RaterScope.CONVERSATION,
        "signer": SIGNER,
        "filters": {"surface": "chat", "language": None},
    }
    return ExportDetails(**{**values, **changes})


def _content(draw: random.Random, characters: int) -> RecordContent:
    return RecordContent(
        prompt=(Message("user", _text(draw, characters // 2)),),
        response_a=_text(draw, characters // 4),
        response_b=_text(draw, characters // 4),
        comment=draw.choice((None, "clear enough")),
    )


def _text(draw: random.Random, characters: int) -> str:
    parts: list[str] = []
    while sum(map(len, parts)) < characters:
        parts.append(draw.choice(_WORDS))
    return "\n".join(parts)

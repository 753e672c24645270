"""The tables of an export: their names, their columns, and the files they are kept in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from app.research.exports.arrow_types import MESSAGES
from app.research.exports.feedback_columns import FEEDBACK_SCHEMA
from app.research.exports.schema import FEEDBACK_REPEATING_COLUMNS, REPEATING_COLUMNS, VOTES_SCHEMA

DATA_FOLDER: Final = "data"
JSONL_FOLDER: Final = "jsonl"


# Compared by identity: each is made once, and comparing schemas takes time.
@dataclass(frozen=True, eq=False)
class Table:
    """A table: each row of it is made from rows of `votes` or `feedback`, which alone are made from records."""

    name: str
    description: str
    schema: pa.Schema
    repeating: tuple[str, ...] = ()
    """Columns whose values repeat: these alone get dictionaries and minimum and maximum."""

    @property
    def parquet_folder(self) -> str:
        """Where its Parquet files are."""
        return f"{DATA_FOLDER}/{self.name}/"

    @property
    def jsonl_prefix(self) -> str:
        """How the paths of its JSON Lines begin."""
        return f"{JSONL_FOLDER}/{self.name}-"

    def parquet_path(self, part: int) -> str:
        """The path of a part within the export."""
        return f"{self.parquet_folder}part-{part:05}.parquet"

    def jsonl_path(self, part: int) -> str:
        """The path of a part within the export."""
        return f"{self.jsonl_prefix}{part:05}.jsonl.gz"

    def columns(self) -> Iterator[tuple["pa.Field[Any]", str]]:
        """Its columns, each with what it means."""
        for field in self.schema:
            yield field, (field.metadata or {})[b"description"].decode()


def _column(name: str, kind: pa.DataType, description: str, *, nullable: bool = False) -> "pa.Field[Any]":
    return pa.field(name, kind, nullable=nullable, metadata={"description": description})


def _schema(name: str, *columns: "pa.Field[Any]") -> pa.Schema:
    return pa.schema(columns, metadata={"pairvote.table": name, "pairvote.format_version": "1"})


_VOTE_ID: Final = _column("vote_id", pa.string(), "The vote it comes from, as in `votes`.")
_PROMPT: Final = _column(
    "prompt", MESSAGES, "The conversation up to the message that was answered, redacted."
)

VOTES: Final = Table(
    "votes",
    "One comparison a row: two answers to one prompt, and what the rater said.",
    VOTES_SCHEMA,
    REPEATING_COLUMNS,
)

CONVERSATIONS: Final = Table(
    "conversations",
    "One conversation a row: how many votes of this export are in it, and as much of its text as they show.",
    _schema(
        "conversations",
        _column("conversation_id", pa.string(), "The conversation, as in `votes`."),
        _column("n_votes", pa.int32(), "How many votes of this export are in it."),
        _column("n_turns", pa.int32(), "How many user messages it had, as far as these votes tell."),
        _column(
            "messages",
            MESSAGES,
            "The longest prompt among its votes that have text: what was said before the last of them. Empty where the "
            "votes alone were shared.",
            nullable=True,
        ),
        _column("language", pa.string(), "The language the host declared, as a BCP 47 tag.", nullable=True),
        _column("deid_level", pa.string(), "What looked for identifying text in the messages."),
    ),
    ("language", "deid_level"),
)

MODELS: Final = Table(
    "models",
    "One model a row: how often it was shown, on which side, and what came of it.",
    _schema(
        "models",
        _column("model", pa.string(), "The model's name, as in `votes`."),
        _column("shown", pa.int64(), "In how many votes it gave an answer."),
        _column("shown_left", pa.int64(), "How often its answer was shown left."),
        _column("shown_right", pa.int64(), "How often its answer was shown right."),
        _column("won", pa.int64(), "How often its answer was preferred."),
        _column("lost", pa.int64(), "How often the other answer was preferred."),
        _column("tied", pa.int64(), "How often both were called equally good."),
        _column("both_bad", pa.int64(), "How often both were called bad."),
        _column("skipped", pa.int64(), "How often the rater did not judge."),
        _column("expired", pa.int64(), "How often the rater did not answer."),
    ),
)

TRL_PREFERENCE: Final = Table(
    "trl_preference",
    "One preferred and one rejected answer to a prompt a row: votes with text in which one answer was preferred.",
    _schema(
        "trl_preference",
        _PROMPT,
        _column("chosen", MESSAGES, "The preferred answer, as one assistant message."),
        _column("rejected", MESSAGES, "The other answer, as one assistant message."),
        _VOTE_ID,
    ),
)

TRL_UNPAIRED: Final = Table(
    "trl_unpaired",
    "One answer to a prompt a row, called good or bad by itself: both answers of each vote that called both bad, and "
    "each response with a thumb up or down. That one answer was preferred to another does not make it good, nor the "
    "other bad.",
    _schema(
        "trl_unpaired",
        _PROMPT,
        _column("completion", MESSAGES, "The answer, as one assistant message."),
        _column("label", pa.bool_(), "Whether it was called good."),
        _column("vote_id", pa.string(), "The vote it comes from, as in `votes`.", nullable=True),
        _column("feedback_id", pa.string(), "The feedback it comes from, as in `feedback`.", nullable=True),
    ),
)

FEEDBACK: Final = Table(
    "feedback",
    "One rating of one response or page a row: a thumb up or down, and what the rater said about it.",
    FEEDBACK_SCHEMA,
    FEEDBACK_REPEATING_COLUMNS,
)

TABLES: Final = (VOTES, CONVERSATIONS, FEEDBACK, MODELS, TRL_PREFERENCE, TRL_UNPAIRED)

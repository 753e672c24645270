"""Records to export, written straight into the research database: redaction is done, text is sealed, each has its key.

The text is a walk over the words of this repository's own documentation, with a leap now and then: Markdown of which
there is enough that few passages come twice near each other. A conversation compresses to about half of its size.
"""

import contextlib
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from app.core.clock import day_of, now_ms, week_of
from app.core.settings import Settings
from app.operations.installation import Installation
from app.operations.start import migrate, prepare_data
from app.privacy.models import WrappedKey, record_keys
from app.privacy.sealing import DataKey
from app.research.records.content import facts_text, seal_text
from app.research.records.models import records
from app.research.records.record import DeidLevel, Message, Outcome, Record, RecordContent, Sharing
from tests.bench.servers import ROOT
from tests.bench.sites import Addresses, bulk_insert, tidy
from tests.postgres import PostgresServer

WORKSPACE: Final = b"bench-workspace-"
_CHUNK: Final = 10_000
_POOL_CHARACTERS: Final = 16_000_000
_WORDS_A_LINE: Final = 400
_JUMP: Final = 0.4
_MODELS: Final = 40
_WEEKS: Final = 26
_LANGUAGES: Final = ("en", "en", "en", "de", "fr", "es", None)
_OUTCOMES: Final = (
    *(Outcome.MODEL_A, Outcome.MODEL_B) * 3,
    Outcome.TIE,
    Outcome.BOTH_BAD,
    Outcome.SKIP,
    Outcome.EXPIRED,
)
_WITHOUT_TEXT: Final = 0.1


class RecordStore:
    """An installation whose research database is filled with records of one workspace."""

    def __init__(self, folder: Path, addresses: Addresses, *, seed: int = 1) -> None:
        self.settings = Settings(
            data=folder,
            database_url=addresses.intake,
            research_url=addresses.research,
            keystore_url=addresses.keystore,
        )
        self.installation = Installation(self.settings, now_ms)
        prepare_data(self.installation)
        migrate(self.installation)
        self._random = random.Random(seed)
        self._text = _pool(self._random)
        self.stored = 0

    def grow(self, count: int, *, characters: int) -> None:
        """Adds records until there are `count`; those with text have about `characters` of it each."""
        here = self.installation
        while self.stored < count:
            size = min(_CHUNK, count - self.stored)
            made = [self._record(characters) for _ in range(size)]
            day = day_of(now_ms())
            key_rows: list[dict[str, Any]] = [
                here.record_keys._new_row(each.record_id, day) for each in made if each.content
            ]
            keys = {
                row["id"]: DataKey(here.record_keys._unwrap(WrappedKey(row["id"], row["wrapped"])))
                for row in key_rows
            }
            bulk_insert(here.keystore_db, record_keys, key_rows)
            bulk_insert(here.research_db, records, (_row(each, keys.get(each.record_id)) for each in made))
            self.stored += size
        tidy(here.research_db)

    def _record(self, characters: int) -> Record:
        draw = self._random
        model_a, model_b = draw.sample(range(_MODELS), 2)
        has_text = draw.random() >= _WITHOUT_TEXT
        turn = draw.choice((0, 0, 1, 2))
        return Record(
            record_id=draw.randbytes(16),
            workspace_id=WORKSPACE,
            conversation=draw.randbytes(16),
            voter=draw.randbytes(8),
            voted_week=week_of(day_of(now_ms())) - 7 * draw.randrange(_WEEKS),
            outcome=draw.choice(_OUTCOMES),
            model_a=f"model-{model_a}",
            model_b=f"model-{model_b}",
            turn_index=turn,
            n_turns=turn + 1,
            sharing=Sharing.VOTE_AND_CONTENT if has_text else Sharing.VOTE_ONLY,
            deid_level=DeidLevel.PATTERNS_AND_NER,
            surface="chat",
            language=draw.choice(_LANGUAGES),
            strength=draw.choice((None, -2, 1, 3)),
            reasons=("accurate", "clear"),
            finish_reason_a="stop",
            finish_reason_b="stop",
            latency_ms_bucket_a="1-2s",
            latency_ms_bucket_b="2-5s",
            time_to_vote_bucket="5-10s",
            input_tokens_a=420,
            input_tokens_b=417,
            output_tokens_a=612,
            output_tokens_b=588,
            selection_probability=0.1,
            notice_version="2026-01",
            redaction_counts=draw.choice(({}, {"person": 1}, {"email": 1, "person": 3})),
            content=self._content(turn, characters) if has_text else None,
        )

    def _content(self, turn: int, characters: int) -> RecordContent:
        """A third is what was said before, a third each of the two answers."""
        said = 2 * turn + 1
        roles = ["user", "assistant"] * turn + ["user"]
        prompt = tuple(Message(role, self._passage(characters // 3 // said)) for role in roles)
        comment = self._passage(60) if self._random.random() < 0.1 else None
        return RecordContent(prompt, self._passage(characters // 3), self._passage(characters // 3), comment)

    def _passage(self, characters: int) -> str:
        length = round(characters * self._random.uniform(0.5, 1.5))
        start = self._random.randrange(len(self._text) - length)
        return self._text[start : start + length]


@contextlib.contextmanager
def record_store(backend: str, folder: Path) -> Iterator[RecordStore]:
    """A store without records, on SQLite or on a PostgreSQL of its own, as long as the block lasts."""
    folder.mkdir(mode=0o755)
    with contextlib.ExitStack() as stack:
        addresses = Addresses()
        if backend == "postgresql":
            folder.parent.chmod(0o755)
            postgres = stack.enter_context(PostgresServer(folder / "postgres"))
            names = ("intake", "research", "keystore")
            addresses = Addresses(*(postgres.create_database(name) for name in names))
        yield RecordStore(folder / "site", addresses)


def _row(record: Record, key: DataKey | None) -> dict[str, Any]:
    named = {name: getattr(record, name, None) for name in records.columns.keys()}  # noqa: SIM118
    return named | {
        "id": record.record_id,
        "facts": facts_text(record),
        "content_sealed": seal_text(key, record) if key is not None else None,
        "rules_version": "bench",
    }


def _pool(draw: random.Random) -> str:
    """Text in which each word follows one that it follows somewhere in the documentation."""
    words = re.findall(r"\S+\s+", "\n".join(_documentation()))
    followers: dict[str, list[str]] = defaultdict(list)
    for word, follower in pairwise(words):
        followers[word].append(follower)
    return "".join(_walk(words, followers, draw))


def _documentation() -> Iterator[str]:
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]):
        yield path.read_text(encoding="utf-8")


def _walk(words: list[str], followers: dict[str, list[str]], draw: random.Random) -> Iterator[str]:
    characters = 0
    while characters < _POOL_CHARACTERS:
        word = draw.choice(words)
        for _ in range(_WORDS_A_LINE):
            yield word
            characters += len(word)
            found = followers.get(word)
            if not found:
                break
            word = draw.choice(words if draw.random() < _JUMP else found)

"""Plants made-up details into real conversations and looks for them after redaction."""

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.redaction_report.identities import KINDS, LOCALES, Forger, Identity
from tests.redaction_report.templates import COMMENTS, ECHOES, Templates

_TURN: Final = re.compile(r"\n\n(Human|Assistant): ")
_LOWER_SHARE: Final = 0.25
# Sevenfold, for names are what is hardest and what people are known by.
_KIND_WEIGHTS: Final = {"person": 7, "address": 3, "phone": 2, "handle": 2}


@dataclass(frozen=True)
class Conversation:
    """The messages before the two answers, the answers, and a comment."""

    messages: tuple[str, ...]
    responses: tuple[str, str]
    comment: str = "The second one is better."

    @property
    def texts(self) -> list[str]:
        """In the order in which they are read."""
        return [*self.messages, *self.responses, self.comment]


@dataclass(frozen=True)
class Planted:
    """A conversation with details that were not in it."""

    texts: list[str]
    identities: list[Identity]
    is_lower: bool
    before: str
    """The conversation without them, in lower case."""


def conversations(data: Path) -> Iterator[Conversation]:
    """The pairs of hh-rlhf as comparisons."""
    with gzip.open(data / "hh-rlhf" / "harmless-part1.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            pair = json.loads(line)
            chosen, rejected = (_TURN.split(pair[side])[2::2] for side in ("chosen", "rejected"))
            yield Conversation(tuple(chosen[:-1]), (chosen[-1], rejected[-1]))


def planted(
    sources: Sequence[Conversation], *, seed: int, count: int, templates: Templates, per_conversation: int = 3
) -> Iterator[Planted]:
    """`count` conversations with a few details each, a quarter of them in lower case, most of them echoed."""
    draw, forger = random.Random(seed), Forger(seed)
    kinds = [kind for kind in KINDS for _ in range(_KIND_WEIGHTS.get(kind, 1))] + ["strange_key"]
    for number in range(count):
        source = sources[draw.randrange(len(sources))]
        locale = LOCALES[number % len(LOCALES)]
        chosen = [*draw.sample(sorted(set(kinds)), k=per_conversation - 1), draw.choice(kinds)]
        wanted = dict.fromkeys([*chosen, "person"] if draw.random() < 0.5 else chosen)
        identities = [
            forger.strange_key() if kind == "strange_key" else forger.identity(kind, locale)
            for kind in wanted
        ]
        yield _with(source, identities, draw, templates)


def _with(
    source: Conversation, identities: list[Identity], draw: random.Random, templates: Templates
) -> Planted:
    messages, responses, comment = list(source.messages), list(source.responses), source.comment
    is_lower = draw.random() < _LOWER_SHARE
    for identity in identities:
        sentence = draw.choice(templates[identity.kind]).format(v=identity.value, l=identity.label)
        if is_lower:
            sentence = _lowered(sentence, identity)
        shown = _lowered(identity.value, identity) if is_lower else identity.value
        human = 2 * draw.randrange((len(messages) + 1) // 2)
        messages[human] = _joined(messages[human], sentence, draw)
        side = draw.randrange(3)
        for place in (0, 1):
            if side in (place, 2):
                responses[place] = _joined(responses[place], draw.choice(ECHOES).format(v=shown), draw)
        if draw.random() < 0.4:
            comment = _joined(comment, draw.choice(COMMENTS).format(v=shown), draw)
    return Planted([*messages, *responses, comment], identities, is_lower, "\n".join(source.texts).lower())


def _lowered(text: str, identity: Identity) -> str:
    """Keys, passwords and account numbers are copied, never retyped in lower case."""
    return text.lower() if identity.kind in ("person", "address", "email", "handle") else text


def _joined(text: str, sentence: str, draw: random.Random) -> str:
    if "\n" in sentence:
        return f"{text}\n\n{sentence}"
    return f"{sentence} {text}" if draw.random() < 0.3 else f"{text} {sentence}"


def leaks(identity: Identity, before: str, after: Sequence[str]) -> bool:
    """Is any trace of it left that the conversation did not have before? Letters of either case."""
    whole = "\n".join(after).lower()
    return any(
        _stands_in(trace.lower(), whole) and not _stands_in(trace.lower(), before)
        for trace in identity.traces
    )


def _stands_in(trace: str, text: str) -> bool:
    """Words as whole words, everything else anywhere."""
    if trace.isalpha():
        return re.search(rf"(?<![^\W_]){re.escape(trace)}(?![^\W_])", text) is not None
    return trace in text

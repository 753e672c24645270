"""The figures: what leaks by kind, what of the labelled corpus is covered, what is redacted without need, how fast."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from app.privacy.redaction.recognition import Recognizer
from app.privacy.redaction.redactor import ConversationRedactor
from tests.redaction_report.identities import Identity
from tests.redaction_report.planting import Conversation, Planted, leaks

# Labels of the corpus that lead to one person by themselves; the others (a city, an age, a title) do not.
DIRECT: Final = frozenset(
    """
    PERSON STREET_ADDRESS PHONE_NUMBER EMAIL_ADDRESS CREDIT_CARD IBAN_CODE US_SSN IP_ADDRESS US_DRIVER_LICENSE
    """.split()  # noqa: SIM905 - a block of words reads better
)


@dataclass
class Leaks:
    """What was planted and what was left of it."""

    planted: Counter[str] = field(default_factory=Counter)
    leaked: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[Identity, list[str]]] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """The share of all planted details of which anything is left."""
        return self.leaked.total() / self.planted.total()

    def rate_of(self, kind: str) -> float:
        """The same, of one kind."""
        return self.leaked[kind] / self.planted[kind] if self.planted[kind] else 0.0


@dataclass
class Coverage:
    """How many labels are covered to the last letter or digit."""

    labelled: Counter[str] = field(default_factory=Counter)
    covered: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, str, str]] = field(default_factory=list)

    def share(self, kinds: Iterable[str]) -> float:
        """Of some kinds together."""
        kinds = [*kinds]
        return sum(self.covered[kind] for kind in kinds) / sum(self.labelled[kind] for kind in kinds)


def measure_leaks(cases: Iterable[Planted], recognizers: Sequence[Recognizer]) -> Leaks:
    """Redacts planted conversations and looks for what was planted."""
    result = Leaks()
    for case in cases:
        redacted = ConversationRedactor(recognizers).redact_all(case.texts)
        for identity in case.identities:
            kinds = [identity.kind, *(["lower-case " + identity.kind] if case.is_lower else [])]
            result.planted.update(kinds[:1])
            if leaks(identity, case.before, redacted):
                result.leaked.update(kinds[:1])
                result.examples.append((identity, redacted))
    return result


def measure_coverage(corpus: Iterable[dict[str, Any]], recognizers: Sequence[Recognizer]) -> Coverage:
    """Looks which labels of the corpus would be replaced as a whole."""
    result = Coverage()
    for entry in corpus:
        text = entry["full_text"]
        (spans,) = ConversationRedactor(recognizers).find_all([text])
        places = {place for span in spans for place in range(span.start, span.end)}
        for label in entry["spans"]:
            kind = label["entity_type"]
            detail = range(label["start_position"], label["end_position"])
            result.labelled[kind] += 1
            if all(place in places or not text[place].isalnum() for place in detail):
                result.covered[kind] += 1
            else:
                result.missed.append((kind, label["entity_value"], text))
    return result


def labelled_corpus(data: Path) -> list[dict[str, Any]]:
    """The texts of presidio-research with their labels."""
    loaded: list[dict[str, Any]] = json.loads(
        (data / "pii" / "presidio_synth_dataset_v2.json").read_text(encoding="utf-8")
    )
    return loaded


@dataclass
class Untouched:
    """What redaction takes out of conversations as they are."""

    characters: int = 0
    redacted: int = 0
    conversations: int = 0
    seconds: float = 0.0
    found: Counter[str] = field(default_factory=Counter)


def measure_untouched(sources: Iterable[Conversation], recognizers: Sequence[Recognizer]) -> Untouched:
    """The share of characters that would be replaced, and the time it takes."""
    result = Untouched()
    for source in sources:
        texts = source.texts[:-1]
        start = time.perf_counter()
        found = ConversationRedactor(recognizers).find_all(texts)
        result.seconds += time.perf_counter() - start
        result.conversations += 1
        result.characters += sum(map(len, texts))
        for text, spans in zip(texts, found, strict=True):
            result.redacted += sum(span.end - span.start for span in spans)
            result.found.update(f"{span.kind.value}: {text[span.start : span.end]}" for span in spans)
    return result

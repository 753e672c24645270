"""Counts what is left of the people planted here, by kind and by place.

Of the held-out half nothing but counts leaves this module, so that no rule can be made from it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.privacy.redaction.recognition import Recognizer
from app.privacy.redaction.redactor import ConversationRedactor
from tests.redaction_report.independent.details import STRUCTURED, Detail
from tests.redaction_report.independent.planting import DEVELOPMENT, HELD_OUT, cases

CASES: Final = 500
# Of each kind; more than anybody reads.
MOST_EXAMPLES: Final = 10


@dataclass
class Tally:
    """What was planted and what was left of it; examples are where a detail was left, if they may be seen."""

    planted: Counter[tuple[str, str]] = field(default_factory=Counter)
    leaked: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def add(self, detail: Detail, redacted: Sequence[str], *, may_be_seen: bool) -> None:
        """Counts a detail of a conversation after redaction."""
        self.planted[detail.kind, detail.place] += 1
        left = next((text for text in redacted if detail.survives_in(text)), None)
        if left is not None:
            self.leaked[detail.kind, detail.place] += 1
        if left is not None and may_be_seen:
            self.examples.setdefault(detail.kind, []).append((detail.value, left))

    @property
    def rate(self) -> float:
        """The share of all details of which enough is left."""
        return self.leaked.total() / self.planted.total()

    @property
    def structured(self) -> tuple[int, int]:
        """How many details of a shape of their own leaked, of how many."""
        return _of(self.leaked, STRUCTURED), _of(self.planted, STRUCTURED)

    def by(self, part: int) -> list[tuple[str, int, int]]:
        """Leaked and planted by kind (0) or by place (1)."""
        names = sorted({key[part] for key in self.planted})
        return [(name, _of(self.leaked, {name}, part), _of(self.planted, {name}, part)) for name in names]


def _of(counts: Counter[tuple[str, str]], names: Iterable[str], part: int = 0) -> int:
    return sum(count for key, count in counts.items() if key[part] in set(names))


def tally(recognizers: Sequence[Recognizer], data: Path, half: int, count: int = CASES) -> Tally:
    """Redacts conversations with people of a half in them and counts."""
    result = Tally()
    for case in cases(data, half, count):
        redacted = ConversationRedactor(recognizers).redact_all(case.texts)
        for detail in case.details:
            result.add(detail, redacted, may_be_seen=half == DEVELOPMENT)
    return result


def report(recognizers: Sequence[Recognizer], data: Path, *, with_examples: bool) -> tuple[Tally, Tally]:
    """Prints both halves, and returns the held-out one first. Examples are those of the development half alone."""
    tallies = []
    for name, half in (("held out", HELD_OUT), ("development", DEVELOPMENT)):
        result = tally(recognizers, data, half)
        tallies.append(result)
        leaked, planted = result.leaked.total(), result.planted.total()
        print(f"\nPlanted independently, {name}: {leaked} of {planted} leak ({result.rate:.1%}), ", end="")
        print("of structured ones {} of {}".format(*result.structured))
        for part in (0, 1):
            for key, some, all_ in result.by(part):
                star = "*" if key in STRUCTURED else " "
                print(f" {star}{key:48} {some:4} of {all_:4}  {some / all_:6.1%}")
    if with_examples:
        _print_examples(tallies[1])
    return tallies[0], tallies[1]


def _print_examples(result: Tally) -> None:
    for kind, examples in sorted(result.examples.items()):
        print(f"\n{kind}")
        for value, left in examples[:MOST_EXAMPLES]:
            print(f"  {value!r}\n      {left[:400]!r}")

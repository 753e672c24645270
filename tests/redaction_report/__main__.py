"""Prints how well redaction works: `python -m tests.redaction_report` (`make redaction-report`)."""

import argparse
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from app.core.settings import Settings
from app.privacy.redaction.recognition import Recognizer, load_recognizer
from app.privacy.redaction.withholding import parse_models
from tests.redaction_report.identities import STRUCTURED
from tests.redaction_report.independent import report as independent
from tests.redaction_report.measures import (
    DIRECT,
    Leaks,
    labelled_corpus,
    measure_coverage,
    measure_leaks,
    measure_untouched,
)
from tests.redaction_report.planting import conversations, planted
from tests.redaction_report.templates import DEVELOPMENT, HELD_OUT

DATA: Final = Path(os.environ.get("PAIRVOTE_TEST_DATA", "../shared/data"))
# Another seed than the one the rules were made with, and other sentences.
HELD_OUT_SEED: Final = 7001
DEVELOPMENT_SEED: Final = 1
PLANTED_CONVERSATIONS: Final = 400


@dataclass(frozen=True)
class Figures:
    """What the report and the drill are about."""

    held_out_rate: float
    structured_leaks: int
    development_rate: float
    direct_coverage: float
    person_coverage: float
    untouched_share: float
    conversations_per_second: float
    independent_held_out_rate: float
    independent_development_rate: float
    # Of both halves: what has a shape or a check digit of its own.
    independent_structured_leaks: int


def leaks_of(recognizers: list[Recognizer], *, held_out: bool, count: int = PLANTED_CONVERSATIONS) -> Leaks:
    """The canary test on one of its two parts."""
    cases = planted(
        [*conversations(DATA)],
        seed=HELD_OUT_SEED if held_out else DEVELOPMENT_SEED,
        count=count,
        templates=HELD_OUT if held_out else DEVELOPMENT,
    )
    return measure_leaks(cases, recognizers)


def report(model: str, *, with_examples: bool = False) -> Figures:
    """Measures everything with a model and prints it; examples are of the independent test's development half."""
    recognizers = [load_recognizer(model)]
    print(f"Model: {model}")
    parts = {}
    for name, held_out in (("held out", True), ("development", False)):
        leaks = parts[name] = leaks_of(recognizers, held_out=held_out)
        print(f"\nPlanted, {name}: {leaks.leaked.total()} of {leaks.planted.total()} leak ({leaks.rate:.1%})")
        for kind in sorted(leaks.planted):
            print(
                f"  {kind:24} {leaks.leaked[kind]:4} of {leaks.planted[kind]:4}  {leaks.rate_of(kind):6.1%}"
            )
    coverage = measure_coverage(labelled_corpus(DATA), recognizers)
    print(f"\nLabelled corpus, covered to the last letter: direct identifiers {coverage.share(DIRECT):.3f}")
    for kind in sorted(DIRECT):
        print(
            f"  {kind:24} {coverage.covered[kind]:4} of {coverage.labelled[kind]:4}  {coverage.share([kind]):.3f}"
        )
    untouched = measure_untouched(conversations(DATA), recognizers)
    speed = untouched.conversations / untouched.seconds
    share = untouched.redacted / untouched.characters
    print(f"\nUntouched: {share:.2%} of {untouched.characters} characters redacted")
    print(f"Speed: {speed:.1f} conversations per second and process")
    apart, seen = independent.report(recognizers, DATA, with_examples=with_examples)
    unseen = parts["held out"]
    return Figures(
        unseen.rate,
        sum(part.leaked[kind] for part in parts.values() for kind in STRUCTURED),
        parts["development"].rate,
        coverage.share(DIRECT),
        coverage.share(["PERSON"]),
        share,
        speed,
        apart.rate,
        seen.rate,
        apart.structured[0] + seen.structured[0],
    )


def main() -> None:
    """Reads the arguments and reports."""
    parser = argparse.ArgumentParser(prog="python -m tests.redaction_report", description=__doc__)
    parser.add_argument("--model", help="a package or a folder; the default of the settings if left out")
    parser.add_argument("--examples", action="store_true", help="what leaks, of a half made to be looked at")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    given = parser.parse_args()
    figures = report(given.model or parse_models(Settings().name_models)["en"], with_examples=given.examples)
    if given.json:
        as_json: dict[str, Any] = asdict(figures)
        given.json.write_text(json.dumps(as_json, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

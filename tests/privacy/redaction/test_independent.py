"""The canary test by someone who has not read the rules: a fixed sample of it holds the line that was reached."""

import os
import random
from pathlib import Path
from typing import Final

import pytest
from stdnum import iban, luhn
from stdnum.br import cpf
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.it import codicefiscale
from stdnum.nl import bsn
from stdnum.pl import pesel
from stdnum.us import ssn

from app.core.settings import Settings
from app.privacy.redaction.recognition import load_recognizer
from app.privacy.redaction.withholding import parse_models
from tests.redaction_report.independent import numbers
from tests.redaction_report.independent.details import Detail
from tests.redaction_report.independent.names import PLACES
from tests.redaction_report.independent.planting import DEVELOPMENT, HELD_OUT, cases, sources
from tests.redaction_report.independent.report import tally

DATA: Final = Path(os.environ.get("PAIRVOTE_TEST_DATA", "../shared/data"))
needs_conversations = pytest.mark.skipif(
    not (DATA / "hh-rlhf").is_dir(), reason="the hh-rlhf conversations are not here"
)
SAMPLE: Final = 120
# Nothing with a shape of its own is left; of all details fewer than this.
MOST_STRUCTURED_LEAKS: Final = 0
HIGHEST_RATE: Final = 0.04


@needs_conversations
def test_what_is_left_of_people_nobody_wrote_rules_for() -> None:
    recognizers = [load_recognizer(parse_models(Settings().name_models)["en"])]
    result = tally(recognizers, DATA, HELD_OUT, SAMPLE)
    leaked, planted = result.structured
    rate = result.rate  # apart, so that a failure shows no held-out text
    assert planted >= 75
    assert leaked <= MOST_STRUCTURED_LEAKS
    assert rate <= HIGHEST_RATE


@needs_conversations
def test_the_halves_share_no_conversation_and_no_name() -> None:
    halves = [{tuple(source) for source in sources(DATA, half)} for half in (DEVELOPMENT, HELD_OUT)]
    assert len(halves[0]) > 500
    assert not halves[0] & halves[1]
    for lists in ("firsts", "lasts", "streets"):
        known = [{name for place in PLACES for name in getattr(place, lists)[half::2]} for half in (0, 1)]
        assert not known[0] & known[1]


@needs_conversations
def test_the_same_people_are_planted_each_time() -> None:
    assert [*cases(DATA, HELD_OUT, 50)] == [*cases(DATA, HELD_OUT, 50)]


def test_numbers_are_real_ones() -> None:
    rng = random.Random(11)
    checks = {
        numbers.ssn: ssn, numbers.nhs: nhs, numbers.steuer_id: idnr, numbers.nir: nir, numbers.bsn: bsn,
        numbers.codice_fiscale: codicefiscale, numbers.cpf: cpf, numbers.pesel: pesel,
    }  # fmt: skip
    for _ in range(20):
        for make, known in checks.items():
            assert known.is_valid(make(rng)), make.__name__
        foreign = numbers.dni(rng)
        assert dni.is_valid(foreign) or nie.is_valid(foreign)
        assert all(iban.is_valid(numbers.iban(rng, place.code)) for place in PLACES)
        assert luhn.is_valid(numbers.card(rng).replace(" ", "").replace("-", ""))


@pytest.mark.parametrize(
    ("detail", "text", "is_left"),
    [
        (Detail("person", "Ada Marsh", "en_GB", ("Marsh",)), "thanks, ms marsh!", True),
        (Detail("person", "Ada Marsh", "en_GB", ("Marsh",)), "[PERSON_1] in the marshes", False),
        (Detail("phone", "0171 2345678", "de_DE", (), ("0171 2345678",)), "call 0171-23 45 678", True),
        (Detail("phone", "0171 2345678", "de_DE", (), ("0171 2345678",)), "call [PHONE_1] 678", False),
        (
            Detail("key", "ghp_" + "a1b2c3" * 6, "en_US", (), ("ghp_" + "a1b2c3" * 6,)),
            "[KEY_1]" + "b2c3a1" * 4,
            True,
        ),
    ],
)
def test_a_leak_is_known_by_its_marks(detail: Detail, text: str, is_left: bool) -> None:
    assert detail.survives_in(text) == is_left

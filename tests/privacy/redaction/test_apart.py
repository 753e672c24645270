"""A server's texts are redacted by another process, which comes and goes, and loses none by that."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core.clock import now_ms
from app.core.errors import StartRefused
from app.core.settings import Settings
from app.operations.installation import Installation
from app.privacy.redaction import Redaction, RedactionApart, Withheld, WithheldReason
from app.privacy.redaction.apart import DetectorFailed
from tests.invariants.source import ROOT

_HERE = "tests.privacy.redaction.detectors"
Make = Callable[..., RedactionApart]


@pytest.fixture
def apart() -> Iterator[Make]:
    """Makes redactions with patterns alone and detectors of the tests, and ends their processes."""
    made: list[RedactionApart] = []

    def make(*names: str, seconds: float = 60, idle: float = 60, grace: float = 60) -> RedactionApart:
        plugins = ", ".join(f"{_HERE}:{name}" for name in names)
        made.append(
            RedactionApart(
                "off", plugins=plugins, most_seconds=seconds, idle_seconds=idle, grace_seconds=grace
            )
        )
        return made[-1]

    yield make
    for each in made:
        each.close()


def _pid(redaction: RedactionApart) -> int:
    assert redaction._process is not None
    return redaction._process.pid


def test_it_gives_what_redaction_here_gives(apart: Make) -> None:
    texts = ["I am a@example.org. \ud800 \x00 🦉", "", "b@example.org [EMAIL_4]" * 3_000]
    here = Redaction.from_setting("off", most_seconds=60)
    there = apart()
    assert there.version == here.version
    assert there.redact(texts) == here.redact(texts)
    assert there.redact(texts[:1], cleared=["a@example.org"]).counts == {}


def test_its_process_has_nothing_of_the_server_and_what_it_prints_is_no_answer(
    apart: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAIRVOTE_KEYRING_TEXT", "secret")
    assert apart("Witness").redact(["text"]).texts == ["text"]


def test_why_a_text_must_not_pass_is_told_here(apart: Make) -> None:
    there = apart()
    with pytest.raises(Withheld) as withheld:
        there.redact(["a" * 2_000_001])
    assert withheld.value.reason is WithheldReason.TIMED_OUT


def test_a_detector_that_fails_fails_its_text_alone(apart: Make, capfd: pytest.CaptureFixture[str]) -> None:
    there = apart("Crashing")
    with pytest.raises(DetectorFailed):
        there.redact(["stumble over jane"])
    pid = _pid(there)
    assert there.redact(["fine"]).texts == ["fine"]
    assert _pid(there) == pid
    logged = capfd.readouterr().err
    assert '"event": "detector_failed"' in logged
    assert "detectors.py" in logged
    assert "stumble" not in logged


def test_a_text_that_ends_the_process_twice_fails_and_the_next_one_passes(apart: Make) -> None:
    there = apart("Deadly")
    with pytest.raises(DetectorFailed):
        there.redact(["crash"])
    assert there.redact(["fine"]).texts == ["fine"]


def test_where_somebody_kills_the_process_the_text_waits(apart: Make) -> None:
    there = apart("Deadly")
    with pytest.raises(StartRefused, match="killed"):
        there.redact(["kill"])
    assert there.redact(["fine"]).texts == ["fine"]


def test_where_the_process_cannot_start_the_text_waits(
    apart: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "structlog.py").write_text("raise SystemExit(1)\n")
    there = apart()
    with monkeypatch.context() as patch:
        patch.syspath_prepend(tmp_path)
        with pytest.raises(StartRefused, match="does not start"):
            there.redact(["text"])
    assert there.redact(["text"]).texts == ["text"]


def test_what_hangs_is_withheld_and_its_process_replaced(apart: Make) -> None:
    there = apart("Hanging", seconds=0.3)
    with pytest.raises(Withheld):
        there.redact(["hang"])
    hung = _pid(there)
    with pytest.raises(StartRefused, match="does not answer"):
        there.redact(["B-1234"])
    assert there.redact(["B-1234"]).texts == ["[ACCOUNT_NUMBER_1]"]
    assert _pid(there) != hung


def test_a_process_that_does_not_answer_at_all_is_given_up(apart: Make) -> None:
    there = apart("Hanging", seconds=60, grace=-59.5)
    with pytest.raises(Withheld):
        there.redact(["hang"])
    assert there._process is None


def test_a_process_that_nobody_asks_ends_and_comes_again(apart: Make) -> None:
    there = apart(idle=0.1)
    assert there.redact(["a@example.org"]).texts == ["[EMAIL_1]"]
    process = there._process
    assert process is not None
    assert process.wait(20) == 0
    assert there.redact(["a@example.org"]).texts == ["[EMAIL_1]"]


def test_the_process_ends_with_the_one_that_started_it() -> None:
    program = (
        "import os, sys, types; sys.modules['app'] = types.ModuleType('app'); sys.modules['app'].__path__ = ['app'];"
        "from app.privacy.redaction import RedactionApart;"
        "r = RedactionApart('off', most_seconds=60); r.redact(['text']); print(r._process.pid, flush=True); os._exit(1)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    pid = int(run.stdout)
    # Nobody of ours waits for it; where it has ended, it is gone or a leftover that only its adopter can clear.
    waited = subprocess.run(["tail", f"--pid={pid}", "-f", os.devnull], timeout=20, check=False)
    assert waited.returncode == 0


def test_an_installation_redacts_apart_and_ends_it_at_the_end(tmp_path: Path) -> None:
    here = Installation(Settings(data=tmp_path, name_models="off"), now_ms)
    here.redact_apart()
    there = here.redaction
    assert isinstance(there, RedactionApart)
    assert there.redact(["a@example.org"]).texts == ["[EMAIL_1]"]
    process = there._process
    assert process is not None
    here.close()
    assert process.poll() == 0

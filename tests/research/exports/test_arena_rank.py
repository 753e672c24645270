"""arena-rank fits an export's votes, and Arena's style features are read from `conv_metadata` as they are."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from app.research.exports.identities import ExportIdentities
from app.research.exports.work_folder import work_folder
from app.research.records.record import Message, Outcome, Record, RecordContent, Sharing
from tests.research.exports.records import KEY, details, project, record
from tests.research.exports.written import write_export

ROOT: Final = Path(__file__).parents[3]
# `make drill` installs it there, apart from everything else: it pins versions of its own.
ARENA: Final = ROOT / ".venv/arena"

pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(not ARENA.is_dir(), reason="arena-rank is not installed: make drill installs it"),
]

# By how often a model wins against an equally long answer of the weakest.
STRENGTHS: Final = {"weak": 0.0, "middle": 0.8, "strong": 1.6}
VOTES: Final = 3_000

# Differences relative to sums, as Arena computes them: what was said, headers, list items, bold passages.
SCRIPT: Final = """
import json, sys
import pandas
from arena_rank.models.bradley_terry import BradleyTerry
from arena_rank.models.contextual_bradley_terry import ContextualBradleyTerry
from arena_rank.utils.data_utils import ContextualPairDataset, PairDataset

votes = pandas.read_parquet(sys.argv[1] + "/data/votes")
votes = votes[votes.winner.notna() & votes.conv_metadata.notna()].reset_index(drop=True)
meta = votes.conv_metadata
total = lambda value: sum(value.values()) if isinstance(value, dict) else value
names = ["sum_assistant_{}_tokens", "header_count_{}", "list_count_{}", "bold_count_{}"]
for name in names:
    a, b = (meta.map(lambda each: total(each[name.format(side)])) for side in "ab")
    votes[name] = ((a - b) / (a + b)).fillna(0.0)
plain = PairDataset.from_pandas(votes)
found = BradleyTerry(n_competitors=len(plain.competitors)).compute_ratings_and_cis(plain)
style = ContextualPairDataset.from_pandas(votes, feature_cols=names)
model = ContextualBradleyTerry(n_competitors=len(style.competitors), n_features=len(names))
controlled = model.compute_ratings_and_cis(style)
print(json.dumps({
    "battles": len(votes),
    "plain": dict(zip(found["competitors"], map(float, found["ratings"]))),
    "controlled": dict(zip(controlled["competitors"], map(float, controlled["ratings"]))),
    "coefficients": [float(each) for each in controlled["coeffs"]],
}))
"""


def votes() -> Iterator[Record]:
    """Raters prefer the better model, and the longer answer; headers do not matter to them."""
    draw = random.Random(7)
    for _ in range(VOTES):
        model_a, model_b = draw.sample(sorted(STRENGTHS), 2)
        lengths = [draw.randrange(20, 400) for _ in "ab"]
        marks = [draw.randrange(4) for _ in "ab"]
        texts = ["# Title\n\n" * mark + "word " * length for mark, length in zip(marks, lengths, strict=True)]
        longer = (lengths[0] - lengths[1]) / sum(lengths)
        gap = STRENGTHS[model_a] - STRENGTHS[model_b] + 2 * longer
        wins = draw.random() < 1 / (1 + 2.718281828**-gap)
        is_shared = draw.random() < 0.9
        yield record(
            record_id=draw.randbytes(16),
            model_a=model_a,
            model_b=model_b,
            outcome=draw.choices((Outcome.MODEL_A if wins else Outcome.MODEL_B, Outcome.SKIP), (9, 1))[0],
            sharing=Sharing.VOTE_AND_CONTENT if is_shared else Sharing.VOTE_ONLY,
            content=RecordContent((Message("user", "Why?"),), *texts) if is_shared else None,
        )


def test_votes_are_ranked_and_style_is_read_without_a_change(tmp_path: Path) -> None:
    identities = ExportIdentities(KEY)
    with work_folder(tmp_path / "export") as work:
        manifest = write_export(work, (project(vote, identities) for vote in votes()), details())
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT, str(tmp_path / "export")]
    environment = {**os.environ, "PYTHONPATH": str(ARENA)}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-4_000:]
    found = json.loads(ran.stdout.strip().splitlines()[-1])
    assert 0.75 * VOTES < found["battles"] < manifest.statistics["battles"]
    for ratings in (found["plain"], found["controlled"]):
        assert sorted(ratings, key=ratings.__getitem__) == ["weak", "middle", "strong"]
    tokens, headers, lists, bold = found["coefficients"]
    assert tokens > 5 * abs(headers)
    assert (lists, bold) == (0.0, 0.0)

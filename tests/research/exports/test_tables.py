"""What is made of votes: conversations, models, and what preference training reads."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from app.research.exports.identities import ExportIdentities
from app.research.exports.manifest import Manifest
from app.research.exports.rows import Row
from app.research.exports.tables import TABLES, Table
from app.research.exports.training import LEFT_OUT
from app.research.exports.verification import verify
from app.research.exports.work_folder import work_folder
from app.research.records.record import Message, Outcome, RecordContent, Sharing
from tests.research.exports.records import KEY, SIGNER, details, project, record, rows
from tests.research.exports.written import write_export

IDENTITIES = ExportIdentities(KEY)


def export(target: Path, votes: list[Row]) -> Manifest:
    with work_folder(target) as work:
        return write_export(work, votes, details())


def read(target: Path, name: str) -> list[dict[str, Any]]:
    return pq.read_table(target / f"data/{name}").to_pylist()


def vote(number: int, **changes: Any) -> Row:
    return project(record(record_id=number.to_bytes(16, "big"), **changes), IDENTITIES)


def said(*texts: str) -> RecordContent:
    """A conversation up to the last of these, which alternate between user and assistant."""
    roles = ("user", "assistant") * len(texts)
    return RecordContent(tuple(map(Message, roles, texts)), f"a after {texts[-1]}", f"b after {texts[-1]}")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "export"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@pytest.mark.parametrize("count", [0, 1, 150])
def test_both_forms_of_every_table_hold_the_same_rows(target: Path, table: Table, count: int) -> None:
    export(target, list(rows(count)))
    parquet = pq.read_table(target / table.parquet_path(0))
    lines = gzip.decompress((target / table.jsonl_path(0)).read_bytes()).decode().splitlines()
    assert parquet.schema.equals(table.schema)
    assert json.loads(json.dumps(parquet.to_pylist(), default=str)) == [json.loads(line) for line in lines]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_of_every_table_says_what_it_means(table: Table) -> None:
    assert table.description.endswith(".")
    for field, description in table.columns():
        assert description.endswith("."), field.name
    assert set(table.repeating) <= set(table.schema.names)


def test_a_conversation_is_one_row_with_its_longest_prompt(target: Path) -> None:
    one, other = b"conversation-one", b"conversation-two"
    longest = said("first", "answer", "second", "another", "third")
    votes = [
        vote(1, conversation=one, turn_index=0, n_turns=2, content=said("first")),
        vote(2, conversation=other, turn_index=0, n_turns=1, content=None, sharing=Sharing.VOTE_ONLY),
        vote(3, conversation=one, turn_index=2, n_turns=3, content=longest, language="de"),
        vote(4, conversation=one, turn_index=3, n_turns=4, content=None, sharing=Sharing.VOTE_ONLY),
    ]
    manifest = export(target, votes)
    assert read(target, "conversations") == [
        {
            "conversation_id": IDENTITIES.conversation_id(other),
            "n_votes": 1,
            "n_turns": 1,
            "messages": None,
            "language": "en",
            "deid_level": "patterns_only",
        },
        {
            "conversation_id": IDENTITIES.conversation_id(one),
            "n_votes": 3,
            "n_turns": 4,
            "messages": votes[2]["prompt"],
            "language": "de",
            "deid_level": "patterns_only",
        },
    ]
    assert manifest.tables["conversations"]["rows"] == 2


def test_every_conversation_of_the_votes_is_there_once(target: Path) -> None:
    votes = list(rows(400, characters=20))
    for number, row in enumerate(votes):
        row["conversation_id"] = f"c_{number * 7 % 60}"
    export(target, votes)
    counted = {row["conversation_id"]: row["n_votes"] for row in read(target, "conversations")}
    assert counted == Counter(row["conversation_id"] for row in votes)
    assert len(read(target, "conversations")) == 60


def test_a_preference_is_what_was_chosen_and_what_was_not(target: Path) -> None:
    votes = [vote(number, outcome=outcome) for number, outcome in enumerate(Outcome)]
    votes.append(vote(10, outcome=Outcome.MODEL_A, content=None, sharing=Sharing.VOTE_ONLY))
    votes.append(vote(11, outcome=Outcome.MODEL_B, content=RecordContent((), "a", "b")))
    manifest = export(target, votes)
    prompt = votes[0]["prompt"]
    a, b = ([{"role": "assistant", "content": votes[0][side]}] for side in ("response_a", "response_b"))
    assert read(target, "trl_preference") == [
        {"prompt": prompt, "chosen": a, "rejected": b, "vote_id": votes[0]["vote_id"]},
        {"prompt": prompt, "chosen": b, "rejected": a, "vote_id": votes[1]["vote_id"]},
    ]
    told = {"rows": 2, "votes_left_out": {"no_preference": 4, "no_prompt": 1, "no_text": 1}}
    assert manifest.tables["trl_preference"] == told
    assert told["votes_left_out"].keys() <= LEFT_OUT.keys()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text",
    [
        "=HYPERLINK(1)",
        "a\x00b\x01\x1b[31m",
        "\u202egnp.exe\u200b\ufeff\U000e0041",
        "e\u0301 \U0001f469\u200d\U0001f52c \ufffd\uffff",
        "\r\n\u2028\u2029\x85\x0b\x0c",
        '"},{"\\u0000": "',
        "word " * 210_000,
        "",
    ],
    ids=["formula", "controls", "directions", "clusters", "line ends", "quotes", "a megabyte", "empty"],
)
def test_whatever_a_text_holds_every_form_holds_the_same(target: Path, text: str) -> None:
    content = RecordContent((Message("user", text),), text, f"{text}!", text)
    outcomes = (Outcome.MODEL_A, Outcome.BOTH_BAD)
    votes = [vote(number, outcome=outcome, content=content) for number, outcome in enumerate(outcomes)]
    votes.append(vote(9, model_a=text[:200] or "nothing", reasons=(text,), quality_flags=(text,)))
    export(target, votes)
    assert verify(target, keys=[SIGNER.public_key]) == []
    (preference, *_) = read(target, "trl_preference")
    assert preference["prompt"] == [{"role": "user", "content": text}]
    assert preference["rejected"] == [{"role": "assistant", "content": f"{text}!"}]


def test_only_an_absolute_judgement_is_unpaired(target: Path) -> None:
    votes = [vote(number, outcome=outcome) for number, outcome in enumerate(Outcome)]
    manifest = export(target, votes)
    both_bad = next(row for row in votes if row["outcome"] == "both_bad")
    assert read(target, "trl_unpaired") == [
        {
            "prompt": both_bad["prompt"],
            "completion": [{"role": "assistant", "content": both_bad[side]}],
            "label": False,
            "vote_id": both_bad["vote_id"],
            "feedback_id": None,
        }
        for side in ("response_a", "response_b")
    ]
    told = {"rows": 2, "votes_left_out": {"no_absolute_signal": 5}, "feedback_left_out": {}}
    assert manifest.tables["trl_unpaired"] == told


def test_a_model_is_one_row_and_the_rows_add_up(target: Path) -> None:
    votes = list(rows(300, characters=20))
    export(target, votes)
    models = read(target, "models")
    assert [row["model"] for row in models] == sorted({row["model_a"] for row in votes})
    for row in models:
        assert row["shown"] == row["shown_left"] + row["shown_right"]
        ends = ("won", "lost", "tied", "both_bad", "skipped", "expired")
        assert row["shown"] == sum(row[end] for end in ends)
    assert sum(row["shown"] for row in models) == 600
    assert sum(row["won"] for row in models) == sum(row["lost"] for row in models)


def test_the_head_of_the_card_is_what_the_datasets_library_would_write(target: Path) -> None:
    datasets = pytest.importorskip("datasets")
    manifest = export(target, list(rows(30)))
    _, head, _ = (target / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    document = yaml.safe_load(head)
    infos = {info["config_name"]: info for info in document["dataset_info"]}
    configs = {config["config_name"]: config for config in document["configs"]}
    assert infos.keys() == configs.keys() == {table.name for table in TABLES}
    for table in TABLES:
        features = datasets.Features.from_arrow_schema(table.schema)
        assert infos[table.name]["features"] == features._to_yaml_list(), table.name
        assert infos[table.name]["splits"][0]["num_examples"] == manifest.tables[table.name]["rows"]
        (files,) = configs[table.name]["data_files"]
        assert files == {"split": "train", "path": f"data/{table.name}/*.parquet"}
    assert [name for name, config in configs.items() if config.get("default")] == ["votes"]

"""Reads the LLMFAO study: every vote of its workers, with the prompt and both answers the worker saw."""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

COMPARISONS: Final = "crowd-comparisons.csv"
PAIRS: Final = "pairs-crowd.jsonl"
MODELS: Final = "models.jsonl"
RESULTS: Final = "results.jsonl"
GOLDEN: Final = "llmfao-golden.csv"


class Verdict(StrEnum):
    """What a worker said; left and right are where the answers stood in the study, not where they stand now."""

    LEFT = "left"
    RIGHT = "right"
    TIE = "tie"


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """A model's answer, with what the study knows of the call that made it."""

    model: str
    text: str
    latency_ms: int | None = None
    provider: str | None = None
    provider_model: str | None = None

    def as_request(self) -> dict[str, Any]:
        """The answer as a host registers it; an answer without metadata has none."""
        metadata = {
            "latency_ms": self.latency_ms,
            "provider": self.provider,
            "response_model": self.provider_model,
        }
        known = {name: value for name, value in metadata.items() if value is not None}
        return {"model": self.model, "content": self.text, **known}


@dataclass(frozen=True, slots=True)
class Vote:
    """One worker's verdict on one pair; `answers` are as they stood in the study: left, right."""

    pair: int
    worker: int
    verdict: Verdict
    prompt: str
    answers: tuple[ModelAnswer, ModelAnswer]

    @property
    def key(self) -> str:
        """Names the vote: no worker judged a pair twice."""
        return f"{self.pair}:{self.worker}"

    @property
    def preferred(self) -> int | None:
        """Which of the answers the worker preferred, None for a tie."""
        return {Verdict.LEFT: 0, Verdict.RIGHT: 1, Verdict.TIE: None}[self.verdict]


class DataUnusable(Exception):
    """The folder does not hold the study; the message is a sentence."""


def fingerprint(folder: Path) -> str:
    """Tells the votes of one folder from those of another."""
    return hashlib.sha256(_path(folder, COMPARISONS).read_bytes()).hexdigest()


def read_votes(folder: Path) -> list[Vote]:
    """All votes in the order of the file. DataUnusable where a row does not lead to two known answers."""
    names = {int(model["id"]): str(model["name"]) for model in _json_lines(folder, MODELS)}
    pairs = {int(pair["id"]): pair for pair in _json_lines(folder, PAIRS)}
    results = {(int(each["prompt"]), int(each["model"])): each for each in _json_lines(folder, RESULTS)}
    votes = []
    for number, row in enumerate(read_rows(folder), start=2):
        try:
            votes.append(_vote(row, pairs, names, results))
        except (KeyError, ValueError) as error:
            raise DataUnusable(
                f"Line {number} of {COMPARISONS} leads to no pair of answers: {error}"
            ) from error
    if len({vote.key for vote in votes}) != len(votes):
        raise DataUnusable(f"In {COMPARISONS} a worker votes twice on one pair.")
    return votes


def read_rows(folder: Path) -> list[dict[str, str]]:
    """The votes as published, one dictionary a row."""
    with _path(folder, COMPARISONS).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _vote(
    row: Mapping[str, str],
    pairs: Mapping[int, Mapping[str, Any]],
    names: Mapping[int, str],
    results: Mapping[tuple[int, int], Mapping[str, Any]],
) -> Vote:
    pair = pairs[int(row["id"])]
    # The study showed model x left and model y right; the row says both by number and by name.
    for number, side, model in (("model_x", "left", pair["model_x"]), ("model_y", "right", pair["model_y"])):
        if int(row[number]) != model or names[model] != row[side]:
            raise ValueError(f"{row[side]} did not stand {side} in pair {row['id']}")
    return Vote(
        pair=int(row["id"]),
        worker=int(row["worker"]),
        verdict=Verdict(row["winner"]),
        prompt=str(pair["text"]),
        answers=(
            _answer(row["left"], pair["result_x"], results.get((pair["prompt"], pair["model_x"]))),
            _answer(row["right"], pair["result_y"], results.get((pair["prompt"], pair["model_y"]))),
        ),
    )


def _answer(model: str, text: str, result: Mapping[str, Any] | None) -> ModelAnswer:
    """`rate` of a result is in characters a second and follows from the rest; of tokens the study says nothing."""
    if result is None or result["result"] != text:
        return ModelAnswer(model, text)
    return ModelAnswer(model, text, round(result["duration"]), result["api"], result["api_id"])


def _json_lines(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    with _path(folder, name).open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _path(folder: Path, name: str) -> Path:
    path = folder / name
    if not folder.is_dir():
        raise DataUnusable(f"There is no folder {folder}.")
    if not path.is_file():
        raise DataUnusable(f"There is no {name} in {folder}: this is not the LLMFAO study.")
    return path

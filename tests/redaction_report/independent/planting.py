"""Puts made-up people into real conversations: into what a user writes, an answer, and the comment."""

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tests.redaction_report.independent.details import Detail
from tests.redaction_report.independent.fields import FIELDS, WORDS
from tests.redaction_report.independent.names import PLACES
from tests.redaction_report.independent.pages import (
    ABROAD,
    ANSWERS_TO,
    ANSWERS_WITH,
    COMMENTS_TO,
    COMMENTS_WITH,
    PAGES,
)
from tests.redaction_report.independent.persona import Persona
from tests.redaction_report.independent.sentences import CONTACTS, MONEY, ONLINE, PAPERS, PERSONS, SECRETS

DEVELOPMENT: Final = 0
HELD_OUT: Final = 1
SEED: Final = 20_240_229
# What is still the same when typed without capitals.
LOWERED: Final = (
    "person",
    "address",
    "e-mail",
    "phone",
    "postal code",
    "IP or MAC",
    "date of birth",
    "social handle",
)
FIELD: Final = re.compile(r"<([a-z]+)>")


@dataclass(frozen=True)
class Case:
    """A conversation with people in it: earlier messages, the prompt, two answers, the comment."""

    texts: list[str]
    details: list[Detail]


def conversations(data: Path) -> list[list[str]]:
    """The messages of each hh-rlhf pair, with both last answers at the end."""
    found = []
    with gzip.open(data / "hh-rlhf" / "harmless-part1.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            pair = json.loads(line)
            chosen, rejected = (
                re.split(r"\n\n(?:Human|Assistant): ?", pair[key])[1:] for key in ("chosen", "rejected")
            )
            if len(chosen) == len(rejected) >= 2 and chosen[:-1] == rejected[:-1]:
                found.append([*chosen, rejected[-1]])
    return found


def _lists() -> list[tuple[int, Sequence[str]]]:
    """How often a list is drawn from, and its sentences."""
    kinds = [
        (2 if name in {"key", "password", "phone", "id"} else 1, sentences)
        for group in (CONTACTS, MONEY, PAPERS, ONLINE, SECRETS)
        for name, sentences in group.items()
        if name not in {"awssecret", "jwt", "pem"}
    ]
    rare: list[tuple[int, Sequence[str]]] = [(1, [*SECRETS["jwt"], *SECRETS["pem"], *SECRETS["awssecret"]])]
    return [(9, PERSONS), (6, PAGES), *kinds, *rare]


def _write(rng: random.Random, sentence: str, persona: Persona, other: Persona) -> tuple[str, list[Detail]]:
    """The sentence with its fields filled in; a field that comes twice tells of another person the second time."""
    details: list[Detail] = []
    seen: set[str] = set()

    def filled(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in WORDS:
            return WORDS[name](persona)
        detail = FIELDS[name](other if name in seen else persona)
        seen.add(name)
        details.append(detail)
        return detail.value

    text = FIELD.sub(filled, sentence)
    if rng.random() < 0.25 and all(detail.kind.startswith(LOWERED) for detail in details):
        return text.lower(), [_lowered(detail) for detail in details]
    return text, details


def _lowered(detail: Detail) -> Detail:
    """The same detail, counted apart where capitals would have told what it is."""
    named = detail.kind.startswith(("person", "address"))
    return replace(detail, kind=f"{detail.kind}, lower case") if named else detail


def _echo(
    rng: random.Random, details: list[Detail], half: int, templates: tuple[Sequence[str], Sequence[str]]
) -> tuple[str, list[Detail]]:
    """A sentence that repeats one of the details, and what it tells that was no detail yet."""
    detail = rng.choice(details)
    names, others = templates
    template = rng.choice((names if detail.kind.startswith("person") else others)[half::2])
    if detail.parts and rng.random() < 0.4:
        part = rng.choices(detail.parts, [3, 1])[0]
        return template.format(rng.choice(part.echoes)), [part]
    return template.format(rng.choice(detail.echoes)), []


def _plant(rng: random.Random, source: list[str], half: int) -> Case:
    *earlier, left, right = source
    texts = [*earlier, left, right, ""]
    details: list[Detail] = []
    for _ in range(rng.choice([1, 2])):
        place = rng.choice(PLACES)
        persona, other = Persona(rng, place, half), Persona(rng, place, half)
        weights, lists = zip(*_lists(), strict=True)
        pool = rng.choices(lists, weights)[0]
        if place.code in ABROAD and rng.random() < 0.12:
            pool = ABROAD[place.code]
        text, told = _write(rng, rng.choice(pool[half::2]), persona, other)
        details += told
        # Messages of the user are every second one.
        at = rng.choice(range(0, len(earlier), 2))
        texts[at] = rng.choice([f"{texts[at]} {text}", f"{text}\n{texts[at]}", f"{texts[at]}\n\n{text}"])
    echoed = [detail for detail in details if detail.echoes]
    if echoed and rng.random() < 0.7:
        at = len(earlier) + rng.randrange(2)
        answer, more = _echo(rng, echoed, half, (ANSWERS_TO, ANSWERS_WITH))
        texts[at] = rng.choice([f"{answer} {texts[at]}", f"{texts[at]}\n\n{answer}"])
        details += more
    if echoed and rng.random() < 0.6:
        texts[-1], more = _echo(rng, echoed, half, (COMMENTS_TO, COMMENTS_WITH))
        details += more
    return Case(texts, details)


def _is_fair(source: list[str], case: Case) -> bool:
    """Whether nothing of a detail stands in the conversation anyway, and all of it stands there now."""
    before = "\n".join(source)
    after = "\n".join(case.texts)
    return all(detail.survives_in(after) and not detail.survives_in(before) for detail in case.details)


def sources(data: Path, half: int) -> list[list[str]]:
    """The conversations of a half, in an order of their own."""
    found = conversations(data)
    random.Random(SEED).shuffle(found)
    return found[half::2]


def cases(data: Path, half: int, count: int) -> Iterator[Case]:
    """So many conversations with people of one half in them, always the same."""
    rng = random.Random(SEED + half)
    made = 0
    for source in sources(data, half) * 2:
        if made == count:
            return
        case = _plant(rng, source, half)
        if _is_fair(source, case):
            yield case
            made += 1

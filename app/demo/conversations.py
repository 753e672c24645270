"""The demo's conversations: prompts, each with answers of several made-up models. All written for Pairvote.

Each is a text in `talks/`: a head of `name: value` lines, then messages, each under a line `=== WHO`. A prompt
that is to be answered stands before one answer for each model; earlier turns have an `assistant`.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

# Made-up models and how often people tend to prefer them; the ranking should find this order again.
MODEL_STRENGTHS: Final = {"aurora-large": 1.0, "basalt-2": 0.55, "cedar-chat": 0.3, "dune-mini": 0.12}
# What the product answers with when nobody is asked to compare.
USUAL_MODEL: Final = "basalt-2"
TOPICS: Final = ("Everyday", "Writing", "Code and data", "Learning", "Languages")
_TALKS: Final = Path(__file__).parent / "talks"
_MARK: Final = "=== "


class DemoMessage(NamedTuple):
    """One message, OpenAI-shaped."""

    role: str
    content: str


class Step(NamedTuple):
    """A prompt, and one answer for each model."""

    prompt: str
    answers: Mapping[str, str]


class DemoConversation(NamedTuple):
    """Earlier turns, then one prompt after the other."""

    id: str
    title: str
    topic: str
    locale: str
    is_suggested: bool
    earlier: tuple[DemoMessage, ...]
    steps: tuple[Step, ...]

    def messages(self, step: int, kept: Sequence[str]) -> list[dict[str, str]]:
        """The conversation up to the prompt of a step; `kept` has the answers that it went on with before."""
        return [*self.answered(kept[:step]), DemoMessage("user", self.steps[step].prompt)._asdict()]

    def answered(self, kept: Sequence[str]) -> list[dict[str, str]]:
        """The conversation up to the last of the answers that it went on with."""
        found = [*self.earlier]
        for earlier, answer in zip(self.steps, kept, strict=False):
            found += [DemoMessage("user", earlier.prompt), DemoMessage("assistant", answer)]
        return [message._asdict() for message in found]


@cache
def conversations() -> Mapping[str, DemoConversation]:
    """All of them by id, in the order of their topics and titles."""
    found = [read_conversation(path) for path in _TALKS.glob("*.md")]
    found.sort(key=lambda talk: (TOPICS.index(talk.topic), talk.locale, talk.title))
    return {talk.id: talk for talk in found}


def read_conversation(path: Path) -> DemoConversation:
    """One conversation. ValueError where the text is not as described above."""
    head, *blocks = path.read_text("utf-8").split(f"\n{_MARK}")
    said = dict(line.split(": ", 1) for line in head.strip().splitlines())
    earlier: list[DemoMessage] = []
    steps: list[Step] = []
    for prompt, answers in _turns(blocks):
        if answers.keys() == {"assistant"} and not steps:
            earlier += [DemoMessage("user", prompt), DemoMessage("assistant", answers["assistant"])]
        elif answers.keys() == MODEL_STRENGTHS.keys():
            steps.append(Step(prompt, answers))
        else:
            raise ValueError(f"{path.name}: a prompt needs an answer of every model")
    return DemoConversation(
        id=path.stem,
        title=said.pop("title"),
        topic=said.pop("topic"),
        locale=said.pop("locale"),
        is_suggested=said.pop("suggested", "no") == "yes",
        earlier=tuple(earlier),
        steps=tuple(steps),
    )


def _turns(blocks: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each prompt with what follows it until the next."""
    prompt: str | None = None
    answers: dict[str, str] = {}
    for block in blocks:
        who, _, text = block.partition("\n")
        if who != "user":
            answers[who] = text.strip()
            continue
        if prompt is not None:
            yield prompt, answers
        prompt, answers = text.strip(), {}
    if prompt is not None:
        yield prompt, answers

"""The demo's conversations are complete, various, and each answer is its own."""

import re
from collections import Counter
from pathlib import Path

import pytest

from app.demo.conversations import (
    MODEL_STRENGTHS,
    TOPICS,
    USUAL_MODEL,
    DemoConversation,
    conversations,
    read_conversation,
)

_ALL = list(conversations().values())
each_talk = pytest.mark.parametrize("talk", _ALL, ids=lambda talk: talk.id)


@each_talk
def test_every_prompt_has_an_answer_of_every_model_and_no_two_are_the_same(talk: DemoConversation) -> None:
    assert talk.steps
    for step in talk.steps:
        assert step.answers.keys() == MODEL_STRENGTHS.keys()
        assert len(set(step.answers.values())) == len(step.answers)
        assert all(answer.strip() for answer in step.answers.values())
        assert step.prompt


@each_talk
def test_no_answer_names_a_model(talk: DemoConversation) -> None:
    # A response that names its model would spoil the vote.
    answers = [answer.lower() for step in talk.steps for answer in step.answers.values()]
    names = [part for name in MODEL_STRENGTHS for part in (name, name.split("-")[0])]
    assert [(name, answer) for answer in answers for name in names if name in answer] == []


@each_talk
def test_earlier_turns_alternate_and_code_fences_are_closed(talk: DemoConversation) -> None:
    assert [message.role for message in talk.earlier] == ["user", "assistant"] * (len(talk.earlier) // 2)
    for step in talk.steps:
        for answer in step.answers.values():
            assert len(re.findall(r"^```", answer, re.MULTILINE)) % 2 == 0


def test_there_are_about_thirty_with_titles_of_their_own() -> None:
    assert 28 <= len(_ALL) <= 36
    assert len({talk.title for talk in _ALL}) == len(_ALL)
    assert {talk.topic for talk in _ALL} == set(TOPICS)
    assert 4 <= sum(talk.is_suggested for talk in _ALL) <= 8
    assert USUAL_MODEL in MODEL_STRENGTHS


def test_they_are_in_several_languages_and_scripts() -> None:
    locales = Counter(talk.locale for talk in _ALL)
    assert locales.keys() == {"en", "de", "fr", "es", "ja", "ar"}
    for locale, script in (("ar", r"[\u0600-\u06ff]"), ("ja", r"[\u3040-\u30ff]")):
        (talk,) = (talk for talk in _ALL if talk.locale == locale)
        for text in (talk.steps[0].prompt, *talk.steps[0].answers.values()):
            assert len(re.findall(script, text)) > 5


def test_they_show_what_answers_can_hold() -> None:
    answers = [answer for talk in _ALL for step in talk.steps for answer in step.answers.values()]
    for kind, pattern in {
        "a table": r"^\|---",
        "a formula": r"\$[^$]+\$",
        "a displayed formula": r"^\$\$",
        "a quotation": r"^> ",
        "a numbered list": r"^1\. ",
        "a heading": r"^### ",
    }.items():
        assert any(re.search(pattern, answer, re.MULTILINE) for answer in answers), kind
    languages = {name for answer in answers for name in re.findall(r"^```(\w+)$", answer, re.MULTILINE)}
    assert {"python", "sql", "ts", "bash", "css", "html"} <= languages
    assert max(map(len, answers)) > 2_000
    assert min(map(len, answers)) < 40


def test_some_begin_with_earlier_turns_and_some_go_on() -> None:
    assert sum(bool(talk.earlier) for talk in _ALL) >= 4
    assert sum(len(talk.steps) > 1 for talk in _ALL) >= 4


def test_a_conversation_goes_on_with_what_was_kept() -> None:
    moon = conversations()["moon"]
    messages = moon.messages(1, ["It depends on where we look from."])
    assert [message["role"] for message in messages] == ["user", "assistant", "user"]
    assert messages[1]["content"] == "It depends on where we look from."
    assert messages[2]["content"] == moon.steps[1].prompt


def test_a_prompt_without_all_its_answers_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "short.md"
    text.write_text(
        "title: Short\ntopic: Learning\nlocale: en\n\n=== user\nWhy?\n\n=== aurora-large\nBecause.\n"
    )
    with pytest.raises(ValueError, match=r"short\.md: a prompt needs an answer of every model"):
        read_conversation(text)

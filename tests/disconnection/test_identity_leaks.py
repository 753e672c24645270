"""A vote on responses that name a model or its maker is marked, whatever the workspace masks."""

import time
from dataclasses import replace
from typing import Any

import pytest

from app.disconnection.identity_leaks import names_a_model
from app.intake.comparisons.identity import ModelNames
from tests.disconnection.test_records_of_votes import LATER, NOON
from tests.disconnection.voting import Booth

FLAG = "model_identity_leaked"
GPT, CLAUDE = ModelNames("gpt-4o", "gpt-4o-2024-08-06", "openai"), ModelNames("prod-b", "claude-sonnet-4")
FACTS: list[dict[str, Any]] = [
    {"response_model": "gpt-4o-2024-08-06", "provider": "openai"},
    {"response_model": "claude-sonnet-4"},
]


@pytest.mark.parametrize(
    "text",
    [
        "I am ChatGPT.",
        "As a model made by OpenAI, I cannot.",
        "Ask OpenAI about it.",
        "openai says so",
        "It is what Anthropic's paper says.",
        "GPT-4o and GPT 4 differ.",
        "Claude would answer otherwise.",
        "I was trained by Google.",
        "claude-sonnet-4 is better at this",
    ],
)
def test_a_name_of_either_model_or_maker_is_seen(text: str) -> None:
    assert names_a_model(["Nothing.", text], (GPT, CLAUDE))
    assert names_a_model([text, "Nothing."], (CLAUDE, GPT))


@pytest.mark.parametrize(
    "text",
    [
        "Because of scattering.",
        "Claude Monet painted it.",
        "The openAIre archive; an anthropically minded reader.",
        "Google it, or look at a Gemini's horoscope.",
        "A meta-analysis by Mistral wind experts.",
    ],
)
def test_other_texts_and_other_makers_are_not(text: str) -> None:
    assert not names_a_model([text, text], (GPT, CLAUDE))


def test_a_provider_nobody_knows_is_told_by_its_own_name() -> None:
    models = ModelNames("m1", None, "Acme Labs"), ModelNames("m2", None, "local")
    assert names_a_model(["Made by ACME Labs."], models)
    assert not names_a_model(["A local model."], models)


def test_a_text_costs_as_much_more_as_it_is_longer() -> None:
    def seconds(repeats: int) -> float:
        text, took = "Claude Monet, As a GPTx, openais " * repeats, []
        for _ in range(3):
            start = time.thread_time()
            assert not names_a_model([text], (GPT, CLAUDE))
            took.append(time.thread_time() - start)
        return min(took)

    # Eight times the length: 64 times the time if anything is gone over again, 8 if not.
    assert seconds(16_000) < 24 * seconds(2_000)


def _vote(booth: Booth, *texts: Any, masks: bool, **changes: Any) -> Any:
    options = replace(booth.workspace.options, masks_identity=masks)
    booth.workspace = replace(booth.workspace, options=options)
    booth.vote(NOON, texts=texts, metadata=FACTS, **changes)
    booth.disconnect(LATER)
    return booth.record()


def test_where_names_are_shown_the_vote_is_marked_and_keeps_its_text(booth: Booth) -> None:
    record = _vote(booth, "I am ChatGPT, made by OpenAI.", "Blue.", masks=False)
    assert FLAG in record.quality_flags
    assert {"I am ChatGPT, made by OpenAI.", "Blue."} == {*record.content.texts[-2:]}


def test_where_names_are_masked_nobody_saw_them(booth: Booth) -> None:
    record = _vote(booth, "I am ChatGPT, made by OpenAI.", "Blue.", masks=True)
    assert FLAG not in record.quality_flags
    assert "I am [model], made by [model]." in record.content.texts


def test_what_masking_leaves_is_marked(booth: Booth) -> None:
    record = _vote(booth, "Blue.", "Ask OpenAI, they will know.", masks=True)
    assert FLAG in record.quality_flags
    assert "Ask OpenAI, they will know." in record.content.texts


def test_a_name_in_a_part_counts_and_one_in_the_prompt_does_not(booth: Booth) -> None:
    parts = [{"type": "text", "text": "Blue."}, {"type": "text", "text": "Says Claude."}]
    assert FLAG in _vote(booth, parts, "Blue.", masks=False).quality_flags


def test_what_the_user_says_does_not_count(booth: Booth) -> None:
    asked = [{"role": "user", "content": "Are you ChatGPT by OpenAI?"}]
    assert FLAG not in _vote(booth, "No.", "Why?", masks=False, messages=asked).quality_flags


def test_a_withheld_text_is_marked_as_well(booth: Booth) -> None:
    german = "Ich bin ChatGPT und war gestern bei meiner Freundin, die in der Nähe vom Bahnhof wohnt."
    record = _vote(booth, german, "Blue.", masks=False)
    assert record.content is None
    assert {"withheld_language", FLAG} <= {*record.quality_flags}


def test_of_a_vote_that_is_shared_alone_nothing_is_told_of_the_text(booth: Booth) -> None:
    booth.set_default("vote_only")
    record = _vote(booth, "I am ChatGPT.", "Blue.", masks=False)
    assert record.content is None
    assert FLAG not in record.quality_flags

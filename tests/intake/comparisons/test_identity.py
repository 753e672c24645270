"""Which texts give away the model that wrote them, which do not, and what masking leaves."""

import time
from collections.abc import Callable

import pytest

from app.intake.comparisons.identity import PLACEHOLDER, ModelNames, find_identity, mask

_A = ModelNames("candidate-a")
_B = ModelNames("candidate-b")

_ENGLISH = """
I am ChatGPT, a large language model trained by OpenAI.
I'm Claude, made by Anthropic.
I’m **Gemini**, a large language model built by Google.
I am "Bard", a conversational AI by Google.
I'm an AI model from Google DeepMind.
As an AI language model developed by OpenAI, I cannot do that.
As a large language model trained by Google, I don't have feelings.
As Gemini, a large language model trained by Google, I can help.
Sure! As ChatGPT, I can't browse.
Unfortunately, as an AI model created by Anthropic, I must decline.
My name is Claude.
You can call me Claude
You're talking to ChatGPT.
My name is Grok and I was built by xAI.
I was developed by Mistral AI.
I'm Mixtral 8x7B.
I'm an AI assistant called Le Chat.
I am Llama 3.1, made by Meta.
I'm Meta AI.
I'm DeepSeek-V3, an AI assistant created by DeepSeek.
I am Qwen, created by Alibaba Cloud.
I'm Tongyi Qianwen.
I'm Command R+, a model by Cohere.
I am Amazon Nova.
I'm Amazon Titan, a language model.
I'm Microsoft Copilot.
I am Phi-3, a model by Microsoft.
Hi, I'm Kimi, an AI assistant by Moonshot AI.
I'm ChatGLM, developed by Zhipu AI.
I am GLM-4.5.
I am Yi, a language model by 01.AI.
I am MiniMax.
I'm ERNIE Bot, developed by Baidu.
I am Nemotron, trained by NVIDIA.
I'm DBRX, created by Databricks.
I'm an AI model made by Perplexity.
I'm Sonar, an AI model by Perplexity.
I'm Pi, your personal AI.
I'm an assistant created by Inflection AI.
I'm Jamba, built by AI21 Labs.
I am Falcon, a language model developed by TII.
I'm Reka Core.
I'm Apple Intelligence.
I'm a Google AI model.
I'm an OpenAI language model.
I am GPT-4o-mini.
I'm o1, a reasoning model by OpenAI.
""".strip().splitlines()

_IN_OTHER_LANGUAGES = """
Ich bin ChatGPT, ein großes Sprachmodell, das von OpenAI trainiert wurde.
Hallo, ich bin Claude, ein KI-Assistent von Anthropic.
Als von OpenAI entwickeltes Sprachmodell kann ich das nicht.
Mein Name ist Gemini.
Ich wurde von Google entwickelt.
Ich heiße Claude.
Je suis Claude, un assistant IA créé par Anthropic.
Bonjour, je m'appelle Le Chat.
Je m’appelle Mistral.
En tant que modèle de langage entraîné par OpenAI, je ne peux pas.
J'ai été développé par Mistral AI.
Mon nom est Gemini.
Soy ChatGPT, un modelo de lenguaje creado por OpenAI.
Hola, me llamo Gemini.
Como modelo de lenguaje entrenado por Google, no puedo.
Mi nombre es Claude.
Fui creado por Anthropic.
أنا ChatGPT، نموذج لغوي كبير تم تدريبه من قبل OpenAI.
أنا نموذج لغوي كبير تم تدريبه بواسطة جوجل.
اسمي كلود.
بصفتي نموذج لغوي طورته OpenAI، لا أستطيع ذلك.
私はChatGPTです。
私はOpenAIによって訓練された大規模言語モデルです。
私の名前はClaudeです。
私はGoogleが開発したAIアシスタントです。
はい、私はクロードです。
""".strip().splitlines()

_ABOUT_SOMETHING_ELSE = """
Llamas are related to alpacas. I am fond of llamas.
I'm a llama.
Claude Monet painted it. I am sure that Claude Monet liked water.
My name is Claude Monet and I paint.
I am Claude Shannon's biographer.
OpenAI is a company. I'm not sure what OpenAI does.
ChatGPT is best described as a large language model trained by OpenAI.
As a large language model trained by OpenAI, ChatGPT can write code.
Systems such as ChatGPT, I think, are useful.
Known As ChatGPT, it made me laugh.
Claude is an assistant made by Anthropic.
I'm a big fan of Google.
I am an AI researcher at Google.
I was trained at Google as an engineer.
I'm an AI, and Google is a search engine.
I am an AI model. Google it.
I'm an AI language model and OpenAI's rivals are many.
I'm happy to explain how Gemini works.
I'm using Llama 3 to write this.
I'm not ChatGPT.
I'm a Gemini and she is a Leo.
As Google has said, I think so.
As a result, Google grew, and I like it.
I am from Apple Valley.
I am the captain of the Falcon.
As a model of the Titan, I like it.
I'm pi years old.
I am at your command.
I am Ernie from Sesame Street.
I'm reading about Meta.
Je suis fan de Mistral.
Le mistral souffle ; je suis à Avignon.
Ich bin bei Google angestellt.
Ich bin mit Claude befreundet.
Soy de Amazonas.
أنا أعمل في جوجل.
私はChatGPTを使っています。
私はChatGPTで文章を書きます。
私はGoogleで働いています。
私はOpenAIについて書きます。
To candidate a bridge is not English, nor is candidate b.
""".strip().splitlines()


@pytest.mark.parametrize("text", _ENGLISH + _IN_OTHER_LANGUAGES)
def test_who_introduces_itself_is_found(text: str) -> None:
    assert find_identity(text, _A, _B)


@pytest.mark.parametrize("text", _ENGLISH)
def test_in_english_also_inside_a_long_text(text: str) -> None:
    plain = "Rivers meander because water is faster outside the bend. " * 12
    assert find_identity(f"{plain}\n\n{text}\n\n{plain}", _A, _B)


@pytest.mark.parametrize("text", _ENGLISH + _IN_OTHER_LANGUAGES)
def test_in_every_language_also_inside_a_long_text_that_has_an_accent(text: str) -> None:
    plain = "Les rivières font des méandres; der Fluss fließt außen schneller; fluye más rápido. " * 12
    assert find_identity(f"{plain}\n\n{text}\n\n{plain}", _A, _B)


@pytest.mark.parametrize("text", _ABOUT_SOMETHING_ELSE)
def test_who_speaks_of_something_else_is_not(text: str) -> None:
    assert find_identity(text, _A, _B) == []
    assert find_identity(f"{text}\n" * 30, _A, _B) == []


@pytest.mark.parametrize(
    ("model", "text", "named"),
    [
        ("gpt-4o-2024-08-06", "GPT-4o is fast.", "GPT-4o"),
        ("gpt-4o-2024-08-06", "Ask gpt 4o about it.", "gpt 4o"),
        ("gpt-4o", "(GPT4o)", "GPT4o"),
        ("gpt-4o", "gpt-4o", "gpt-4o"),
        ("claude-3-5-sonnet-20241022", "Written by Claude 3.5 Sonnet.", "Claude 3.5 Sonnet"),
        ("meta-llama/Llama-3.1-70B-Instruct", "Llama 3.1 70B has many weights.", "Llama 3.1 70B"),
        ("anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet", "claude-3-5-sonnet"),
        ("models/gemini-1.5-pro-latest", "That is Gemini 1.5 Pro", "Gemini 1.5 Pro"),
        ("cedar-chat", "Cedar Chat says so.", "Cedar Chat"),
        ("candidate-a", "Candidate-A says so.", "Candidate-A"),
        ("zephyr", "Zephyr says so.", "Zephyr"),
        ("モデル7", "モデル7です", "モデル7"),
        ("gpt-4o", "egpt-4o", None),
        ("gpt-4o", "gpt-4omega", None),
        ("claude-3-opus", "Claude Monet's magnum opus", None),
        ("llama-3-70b", "A llama weighs 70 kg, 3 llamas more.", None),
        ("small", "a small dog", None),
        ("a", "a dog", None),
        ("7", "7 dogs", None),
        ("//", "// a comment", None),
    ],
)
def test_a_configured_name_is_found_anywhere_as_a_model_may_write_it(
    model: str, text: str, named: str | None
) -> None:
    found = [text[span.start : span.end] for span in find_identity(text, ModelNames(model), _B)]
    assert found == ([] if named is None else [named])


def test_the_name_that_the_provider_answered_with_counts_as_well() -> None:
    assert find_identity("As 4o-cedar-7 I know.", ModelNames("prod", response_model="cedar-7"), _B)


def test_the_other_ones_name_and_the_provider_count_in_introductions_alone() -> None:
    own, other = ModelNames("fir-2", provider="Woodland"), ModelNames("elm-9", provider="Grove")
    for text in ("I am elm-9.", "I'm an AI assistant made by Woodland.", "I'm a model by Grove."):
        assert find_identity(text, own, other)
    for text in ("Try elm-9 instead.", "Woodland is where birds live.", "I like Grove."):
        assert find_identity(text, own, other) == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (
            "I'm **Claude 3.5 Sonnet**, made by Anthropic. Anthropic's rules bind me; ask Claude 3.5 Sonnet.",
            "I'm **[model]**, made by [model]. [model]'s rules bind me; ask [model].",
        ),
        ("I'm Pi, your personal AI. Pi is not pi.", "I'm [model], your personal AI. [model] is not pi."),
        ("Fir-2 and fir 2 are me.", "[model] and [model] are me."),
        ("私はOpenAIによって訓練されたモデルです。", "私は[model]によって訓練されたモデルです。"),
        ("Nothing to see.", "Nothing to see."),
    ],
)
def test_names_are_replaced_wherever_the_same_ones_stand(text: str, masked: str) -> None:
    own = ModelNames("fir-2")
    assert mask(text, find_identity(text, own, _B)) == masked
    assert find_identity(masked, own, _B) == []


# Of 400,000 characters; what these are made of makes a careless pattern go over the same text again and again.
_LENGTH = 400_000
_HOSTILE = [
    "I'm ", "I am a ", "I am an AI ", "I'm GPT-4.5. ", "I'm Claude ", "I am pi, ", "I am GPT v1 v1 v1 ", "As GPT-4 ",
    ". As GPT-4", ", as GPT-4", "As an AI ", "gpt-4o ", "gpt-4o-2024-", "gpt", ",", "(", " ", "\n", "*", "I", "4",
    "I am" + " " * 997, "I am" + " the" * 250, "I'm GPT-" + "4" * 990, "I am Claude sonnet opus ", "私は", "私はAI",
    "私はGoogleが", "أنا ", "أنا نموذج ", "[model]", "İ",
]  # fmt: skip


def _seconds(work: Callable[[], object], times: int = 2) -> float:
    """The processor's time for it, as little as it took."""
    took = []
    for _ in range(times):
        start = time.thread_time()
        work()
        took.append(time.thread_time() - start)
    return min(took)


@pytest.mark.parametrize("pattern", _HOSTILE, ids=lambda pattern: repr(pattern[:16]))
def test_a_hostile_text_costs_as_much_more_as_it_is_longer(pattern: str) -> None:
    own = ModelNames("gpt-4o-2024-08-06", provider="openai")
    text = (pattern * (_LENGTH // len(pattern) + 1))[:_LENGTH]

    def all_of(part: str) -> Callable[[], str]:
        return lambda: mask(part, find_identity(part, own, _B))

    # Eight times the length: 64 times the time if anything is gone over again, 8 if not.
    short = _seconds(all_of(text[: _LENGTH // 8]), times=3)
    assert _seconds(all_of(text), times=4) < 24 * max(short, 0.002)


def test_a_text_that_claims_many_names_is_masked_as_fast_as_others() -> None:
    claims = " ".join(f"I am GPT-{number}, not GPT-{number + 1}." for number in range(12_000))[:_LENGTH]
    part = claims[: _LENGTH // 8]
    spans, some = find_identity(claims, _A, _B), find_identity(part, _A, _B)
    assert len(spans) > 10_000
    assert _seconds(lambda: mask(claims, spans)) < 24 * max(
        _seconds(lambda: mask(part, some), times=3), 0.002
    )


def test_masking_says_what_was_masked() -> None:
    assert PLACEHOLDER == "[model]"

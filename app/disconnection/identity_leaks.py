"""Whether a response, as the voter saw it, names a model of its comparison or who made one: such a vote was not blind.

Intake tells the host which responses introduce themselves, and may mask those names. Researchers need to know of every
name that was left, also of the other model's and of makers that are only mentioned. Nothing is dropped because of it.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from app.intake.comparisons.identity import ModelNames, find_identity


class _Maker(NamedTuple):
    """By which names of models or providers a maker is known, and how texts name it or its models."""

    known_by: re.Pattern[str]
    named: str


def _maker(known_by: str, named: str) -> _Maker:
    return _Maker(re.compile(rf"(?<![a-z])(?:{known_by})(?![a-z])", re.IGNORECASE), named)


# What is a word of its own in lower case, or the name of a sign, a wind or a person, needs its capital, and no surname.
_MAKERS: Final = (
    _maker(r"openai|chatgpt|gpt|o[134]|davinci", r"(?i:open ?ai|chat ?gpt)|GPT(?:[ -]?[0-9]\w*)?"),
    _maker("anthropic|claude", r"(?i:anthropic)|Claude(?! [A-Z][a-z])"),
    _maker("google|gemini|gemma|vertex|palm", r"(?i:deepmind)|Google|Gemini|Gemma"),
    _maker("meta|llama|codellama", r"Meta(?: AI| Platforms)?|Facebook|L(?:lama|LaMA)"),
    _maker("mistral|mistralai|mixtral|codestral|ministral", r"(?i:mixtral)|Mistral"),
    _maker("xai|x_ai|x-ai|grok", r"(?i:xai)|Grok"),
    _maker("alibaba|qwen|qwq|tongyi", r"(?i:qwen|alibaba|tongyi)"),
    _maker("deepseek", "(?i:deep ?seek)"),
    _maker("cohere|command-?(?:r|a)", "Cohere"),
    _maker("amazon|aws|nova|titan", "Amazon"),
    _maker("microsoft|azure|copilot|phi", r"Microsoft|Copilot"),
    _maker("nvidia|nemotron", "(?i:nvidia|nemotron)"),
    _maker("ibm|granite", "IBM"),
    _maker("moonshot|moonshotai|kimi", "Moonshot|Kimi"),
    _maker("zhipu|zai|chatglm|glm", r"(?i:zhipu|chatglm)|GLM(?:-?[0-9]\w*)?"),
    _maker("minimax", "(?i:minimax)"),
    _maker("baidu|ernie", r"(?i:baidu)|ERNIE"),
    _maker("perplexity|sonar", "Perplexity"),
    _maker("databricks|dbrx", "(?i:databricks|dbrx)"),
    _maker("ai21|jamba", "(?i:ai21)|Jamba"),
    _maker("reka", "Reka"),
    _maker("inflection|pi", "Inflection AI"),
    _maker("tencent|hunyuan", "(?i:tencent|hunyuan)"),
    _maker("bytedance|doubao|seed", "(?i:bytedance|doubao)"),
)
_SHORTEST_PROVIDER: Final = 4
# What hosts call whoever serves a model, and every second text says.
_ORDINARY_PROVIDERS: Final = frozenset(
    {"custom", "local", "internal", "self-hosted", "other", "vendor", "provider"}
)


def names_a_model(texts: Sequence[str], models: tuple[ModelNames, ModelNames]) -> bool:
    """Whether any of the responses' texts names either model, its maker or its provider."""
    named = _named(models)
    return any(
        (named is not None and named.search(text) is not None)
        # Each model in turn: what a text may say of itself, the other one's answer may say of it.
        or any(find_identity(text, own, other) for own, other in (models, models[::-1]))
        for text in texts
    )


@lru_cache(maxsize=1024)
def _named(models: tuple[ModelNames, ModelNames]) -> re.Pattern[str] | None:
    """How texts name the makers and providers of two models; made once for a pair."""
    told = [name for model in models for name in model if name]
    patterns = [maker.named for maker in _MAKERS if any(map(maker.known_by.search, told))]
    for model in models:
        provider = model.provider or ""
        if len(provider) >= _SHORTEST_PROVIDER and provider.lower() not in _ORDINARY_PROVIDERS:
            patterns.append(f"(?i:{re.escape(provider)})")
    return re.compile(rf"(?<![\w-])(?:{'|'.join(patterns)})(?![\w-])") if patterns else None

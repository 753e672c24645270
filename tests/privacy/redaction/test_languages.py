"""Which language a text is in, so that one without a model does not pass."""

import pytest

from app.privacy.redaction.languages import languages_of

ENGLISH = "I would like to know what the weather will be like tomorrow, and whether I need a coat for it."
FOREIGN = {
    "de": "Ich möchte gerne wissen, wie das Wetter morgen in Berlin wird und ob ich einen Regenschirm brauche.",
    "fr": "Je voudrais savoir quel temps il fera demain et si je dois prendre un parapluie avec moi.",
    "es": "Me gustaría saber qué tiempo hará mañana y si tengo que llevar un paraguas conmigo.",
    "it": "Vorrei sapere che tempo farà domani e se devo portare con me un ombrello per la pioggia.",
    "pl": "Chciałbym wiedzieć, jaka będzie jutro pogoda i czy muszę zabrać ze sobą parasol na deszcz.",
    "sv": "Jag skulle vilja veta hur vädret blir i morgon och om jag behöver ta med mig ett paraply.",
}


def test_english_is_told() -> None:
    assert languages_of(ENGLISH) == {"en"}


@pytest.mark.parametrize("language", FOREIGN)
def test_other_languages_are_told(language: str) -> None:
    assert languages_of(FOREIGN[language]) == {language}


@pytest.mark.parametrize(
    "text", ["明天的天气怎么样？", "Какая завтра погода?", "ما هو الطقس غدا؟", "明日の天気は？"]
)
def test_a_few_letters_of_another_script_are_enough(text: str) -> None:
    assert languages_of(text)
    assert "en" not in languages_of(text)


def test_a_paragraph_in_another_language_counts() -> None:
    assert languages_of(f"{ENGLISH}\n\n{FOREIGN['de']} {FOREIGN['de']}\n") >= {"en", "de"}


@pytest.mark.parametrize(
    "text", ["", "ok", "Bonjour!", "12345 67890", "```\nfor (int i = 0; i < n; i++) { sum += a[i]; }\n```"]
)
def test_too_little_text_tells_nothing(text: str) -> None:
    assert languages_of(text) == frozenset()

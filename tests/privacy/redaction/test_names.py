"""Names of persons: found by the model and by rules, in any case, and then everywhere in the conversation."""

import pytest

from app.privacy.redaction.redactor import ConversationRedactor
from tests.privacy.redaction.recognizers import recognizer, redacted_all


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My name is Sofie van den Berg.", "My name is [PERSON_1]."),
        ("my name is sofie van den berg and i like tea", "my name is [PERSON_1] and i like tea"),
        ("hi, i'm wojciech from the second floor", "hi, i'm [PERSON_1] from the second floor"),
        ("They call me Ngozi.", "They call me [PERSON_1]."),
        ("Dr. Okafor called.", "Dr. [PERSON_1] called."),
        ("please ask mrs kowalczyk about it", "please ask [PERSON_1] about it"),
        ("See you soon.\n\nBest regards,\nAnneliese", "See you soon.\n\nBest regards,\n[PERSON_1]"),
        ("why would jacob lindqvist lie to me?", "why would [PERSON_1] lie to me?"),
        ("JOHN KOWALSKI OWES ME MONEY", "[PERSON_1] OWES ME MONEY"),
        ("Halldór: What a day.\nMatthew: Indeed.", "[PERSON_1]: What a day.\n[PERSON_2]: Indeed."),
        ("We met Kónya, Becker and Vasquez.", "We met [PERSON_1], [PERSON_2] and [PERSON_3]."),
        ("Written by: Ella H. Snider", "Written by: [PERSON_1]"),
    ],
)
def test_names_are_found(text: str, expected: str) -> None:
    assert redacted_all(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "I am tired, and this is fine. Thanks!",
        "how do i clean the water bottle on my kitchen table?",
        "My name is not important.",
        "Dear all, best regards and many thanks in advance.",
        "Hello there! I'm sorry, I cannot do that.",
        "On Monday I will be in the office in December.",
        "use the `map` function, then call print(result)",
        "I'm from the north and my friend is a doctor.",
    ],
)
def test_sentences_without_a_name_stay(text: str) -> None:
    assert redacted_all(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "the flat belongs to |FERRANTELLI, Ilaria|. What now?",
        "the flat belongs to |sartori, giuseppina|. what now?",
        "Kind regards,\n\n|Willemijn van 't Hoff|\nHead of Purchasing",
        "the report by |j. okonkwo| is late",
        "she and |nabil| are nine and scared",
        "|Tanaka-san| said the meeting is off",
    ],
)
def test_a_name_is_found_as_wide_as_it_is(text: str) -> None:
    before, _, after = text.split("|")
    assert redacted_all(text.replace("|", "")) == [f"{before}[PERSON_1]{after}"]


def test_a_name_is_found_again_without_its_accents_and_in_one_word() -> None:
    assert redacted_all(
        "I am Flávia Leal", "Thanks flavialeal, flavia!", "I am Jürgen Müller", "Mueller"
    ) == [
        "I am [PERSON_1]",
        "Thanks [HANDLE_1], [PERSON_1]!",
        "I am [PERSON_2]",
        "[PERSON_2]",
    ]


def test_a_full_name_is_found_by_its_parts_everywhere() -> None:
    assert redacted_all(
        "tell me a story about kowalczyk",
        "Once Kowalczyk's dog ran away. WOJCIECH was sad.",
        "My name is Wojciech Kowalczyk.",
    ) == [
        "tell me a story about [PERSON_1]",
        "Once [PERSON_1]'s dog ran away. [PERSON_1] was sad.",
        "My name is [PERSON_1].",
    ]


def test_a_part_that_is_also_a_word_is_replaced_only_with_its_capital() -> None:
    assert redacted_all("My name is Grace Lindqvist.", "Grace has the grace to wait.") == [
        "My name is [PERSON_1].",
        "[PERSON_1] has the grace to wait.",
    ]


def test_an_address_tells_a_name_too() -> None:
    first, second = redacted_all("Write to wojciech.kowalczyk@example.org", "Did wojciech answer?")
    assert first == "Write to [EMAIL_1]"
    assert "wojciech" not in second


def test_joined_names_are_found_inside_a_handle() -> None:
    assert (
        redacted_all("I am Wojciech Kowalczyk", "see wojciechkowalczyk92 there")[1] == "see [HANDLE_1] there"
    )


def test_two_persons_are_told_apart() -> None:
    text = "My name is Wojciech Kowalczyk. My boss is called Ngozi Okafor. Ngozi likes Wojciech."
    assert redacted_all(text) == [
        "My name is [PERSON_1]. My boss is called [PERSON_2]. [PERSON_2] likes [PERSON_1]."
    ]


def test_without_a_model_rules_find_who_introduces_themselves() -> None:
    assert ConversationRedactor().redact("My name is Jane Roe.") == "My name is [PERSON_1]."


def test_a_model_is_loaded_once() -> None:
    assert recognizer() is recognizer()

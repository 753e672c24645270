"""What is random by its looks, and what a word beside it makes a detail."""

import pytest

from tests.privacy.redaction.cases import redacted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Is mjfmx_7A8nyc7BFAZ8NRBGbPXOAThncee4sj safe?", "Is [API_KEY_1] safe?"),
        ("I found 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", "I found [API_KEY_1]"),
        ("send to 0x52908400098527886E0F7030069857D2E4169EE7", "send to [WALLET_1]"),
        ("I am at 52.520008, 13.404954 now", "I am at [COORDINATES_1] now"),
        ("I was born on March 3rd, 1987 in a barn", "I was born on [BIRTH_DATE_1] in a barn"),
        ("DOB: 1987-03-03", "DOB: [BIRTH_DATE_1]"),
        ("customer number: 4711-0815-12", "customer number: [ACCOUNT_NUMBER_1]"),
        ("my insta is jdoe_92", "my insta is [HANDLE_1]"),
        ("I log in with the password walk-hand-25", "I log in with the password [PASSWORD_1]"),
        ("I use Hunter2! as my password", "I use [PASSWORD_1] as my password"),
        ("user: admin pass: norman50", "user: admin pass: [PASSWORD_1]"),
    ],
)
def test_secrets_and_numbers_are_found(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "supercalifragilisticexpialidocious and pneumonoultramicroscopic",
        "see app/privacy/redaction/redactor.py and test_redactor_in_full.py",
        "123e4567-e89b-12d3-a456-426614174000",
        "the password is not working, pass it on",
        "the discount is 12.5, 13.7 or 20 percent",
        "some_function_name_with_many_words(and_an_argument)",
        "I was born in the nineties.",
    ],
)
def test_words_names_of_files_and_numbers_stay(text: str) -> None:
    assert redacted(text) == text


def test_a_secret_is_found_again_where_nothing_says_what_it_is() -> None:
    assert (
        redacted("password: walk-hand-25. I noted walk-hand-25.")
        == "password: [PASSWORD_1]. I noted [PASSWORD_1]."
    )

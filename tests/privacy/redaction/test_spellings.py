"""A detail that was found once is found again in any spelling."""

import pytest

from app.privacy.redaction.redactor import ConversationRedactor


@pytest.mark.parametrize(
    ("said", "repeated", "expected"),
    [
        ("call +39 333 451 8163", "I noted 393334518163.", "I noted [PHONE_1]."),
        ("call +49 171 2345678", "dial 0171 234 5678", "dial [PHONE_1]"),
        ("tel. (089) 54 76 87 63", "so 08954768763", "so [PHONE_1]"),
        ("ssn 598-52-3566", "598523566 it is", "[NATIONAL_ID_1] it is"),
        ("customer number 4711-0815-12", "47110815 12?", "[ACCOUNT_NUMBER_1]?"),
        ("password: Hunter-2-blue", "HUNTER2BLUE", "[PASSWORD_1]"),
        ("https://jane:s3cretPw9@example.org/", "s3cretPw9", "[URL_2]"),
        ("mail jane88@example.org", "jane88 @ example . org", "[EMAIL_1]"),
        ("mac 00:1A:2B:3C:4D:5E", "001a.2b3c.4d5e", "[MAC_ADDRESS_1]"),
    ],
)
def test_another_spelling_is_the_same_detail(said: str, repeated: str, expected: str) -> None:
    assert ConversationRedactor().redact_all([said, "", repeated])[2] == expected


@pytest.mark.parametrize(
    "repeated", ["15985235661", "59, 85, 23, 566 of them", "598\n\n523566 km", "5985235"]
)
def test_a_longer_or_a_shorter_number_is_another(repeated: str) -> None:
    text = ConversationRedactor().redact_all(["ssn 598-52-3566", f"about {repeated}"])[1]
    assert "NATIONAL_ID" not in text


def test_hardly_any_word_is_a_spelling_of_a_password() -> None:
    texts = ["password: 'now here'", "It is nowhere, now here."]
    assert ConversationRedactor().redact_all(texts)[1] == "It is nowhere, [PASSWORD_1]."

"""Card numbers and IBANs."""

import pytest
from stdnum import iban, luhn

from tests.privacy.redaction.cases import redacted

# The test numbers that the card brands publish.
CARDS = [
    "4111111111111111",
    "4222222222222",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "30569309025904",
    "6011111111111117",
    "3530111333300000",
    "6759649826438453",
    "6200000000000005",
]


@pytest.mark.parametrize("number", CARDS)
def test_cards_of_all_brands_are_found_without_a_word_beside_them(number: str) -> None:
    assert luhn.is_valid(number)
    assert redacted(f"It is {number}, thanks.") == "It is [CREDIT_CARD_1], thanks."
    assert redacted(f"{number[:4]} {number[4:8]} {number[8:]}") == "[CREDIT_CARD_1]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4111 1111 1111 1111 12/27", "[CREDIT_CARD_1] 12/27"),
        ("3782-822463-10005", "[CREDIT_CARD_1]"),
        ("7 4111 1111 1111 1111 123", "7 [CREDIT_CARD_1] 123"),
        ("4111-1111-1111-1111 5555-5555-5555-4444", "[CREDIT_CARD_1] [CREDIT_CARD_2]"),
        ("my card: 4111111111111112", "my card: [CREDIT_CARD_1]"),
    ],
)
def test_cards_in_groups_and_mistyped_cards_are_found(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "1700000000000",
        "9780306406157",
        "0.4111111111111111",
        "550e8400-e29b-41d4-a716-446655440000",
        "id4111111111111111",
        "41111111111111111111111",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
    ],
)
def test_other_long_numbers_stay(text: str) -> None:
    assert redacted(text) == text


IBANS = [
    "DE89370400440532013000",
    "GB82WEST12345698765432",
    "FR1420041010050500013M02606",
    "NO9386011117947",
    "MT84MALT011000012345MTLCAST001S",
    "gb42nawi04454264788619",
]


@pytest.mark.parametrize("number", IBANS)
def test_ibans_are_found_in_one_piece_and_in_groups(number: str) -> None:
    assert iban.is_valid(number)
    assert redacted(f"To {number}.") == "To [IBAN_1]."
    grouped = " ".join(number[start : start + 4] for start in range(0, len(number), 4))
    assert redacted(f"To {grouped} please") == "To [IBAN_1] please"


@pytest.mark.parametrize(
    "text", ["DE89370400440532013001", "XX82WEST12345698765432", "DE8937040044053201300"]
)
def test_a_mistyped_iban_is_a_number_all_the_same(text: str) -> None:
    assert redacted(text) == "[ACCOUNT_NUMBER_1]"


def test_what_is_no_iban_stays() -> None:
    assert redacted("GB82 was a good year") == "GB82 was a good year"


def test_a_mistyped_card_is_a_number_all_the_same() -> None:
    assert redacted("4556737586899851") == "[ACCOUNT_NUMBER_1]"


def test_the_month_in_which_a_card_ends_is_found() -> None:
    assert redacted("exp 12/27, at 11/27") == "exp [CREDIT_CARD_1], at 11/27"

"""Telephone numbers."""

import pytest

from tests.privacy.redaction.cases import redacted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+1 415 555 2671", "[PHONE_1]"),
        ("(+44) 20 7946 0958!", "[PHONE_1]!"),
        ("+46 (0)8 928 571 38", "[PHONE_1]"),
        ("Tel.: +4930901820", "Tel.: [PHONE_1]"),
        ("415-555-2671", "[PHONE_1]"),
        ("(415) 555-2671 or 415.555.2672", "[PHONE_1] or [PHONE_2]"),
        ("001-518-640-0854 x99", "[PHONE_1]"),
        ("020 7946 0958", "[PHONE_1]"),
        ("01 42 68 53 00", "[PHONE_1]"),
        ("030/901820 ist 030 901820", "[PHONE_1] ist [PHONE_1]"),
        ("call me on 9472 7916", "call me on [PHONE_1]"),
        ("my phone is 4155552671", "my phone is [PHONE_1]"),
        ("Phone:\n467 3395\n", "Phone:\n[PHONE_1]\n"),
        ("416 60 039 office", "[PHONE_1] office"),
        ("WhatsApp: 612345678", "WhatsApp: [PHONE_1]"),
        ("Handynummer 0171 2345678", "Handynummer [PHONE_1]"),
        ("(415) 555-2671 (415) 555-2672", "[PHONE_1] [PHONE_2]"),
        ("Who is 2125550123?", "Who is [PHONE_1]?"),
        ("2125550123 keeps calling us", "[PHONE_1] keeps calling us"),
        ("Is 03081234567 spam?", "Is [PHONE_1] spam?"),
    ],
)
def test_numbers_are_found(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "call me on 2024-05-17",
        "phone made in 12.05.2024",
        "population 4155552671",
        "1 000 000 000",
        "3.1415926535",
        "200 300 4000",
        "lines 1-2-3-4-5-6",
        "ISBN 0-306-40615-2",
        "phones cost 1234 dollars",
        "x = 0123456789",
        "+1 more, +100 points",
        "2024-05-17 10:30:00",
        "who counted 1000000000 of them",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert redacted(text) == text

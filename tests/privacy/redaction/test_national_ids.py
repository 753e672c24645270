"""Numbers that states give to persons."""

import pytest

from tests.privacy.redaction.cases import redacted


@pytest.mark.parametrize(
    "number",
    [
        "123-45-6789",
        "AB 12 34 56 C",
        "QQ123456C".replace("QQ", "JG"),
        "390.533.447-05",
        "2 95 10 99 126 111 93",
        "54362315K",
        "X2482300W",
        "RCCMNL83S18D969H",
        "880320-0016",
        "211062-5629",
        "131052-308T",
        "360426199101010071",
        "BOXW310820HNERXN09",
    ],
)
def test_numbers_with_a_telling_shape_are_found_alone(number: str) -> None:
    assert redacted(f"It is {number}, he said.") == "It is [NATIONAL_ID_1], he said."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SSN 123456789", "SSN [NATIONAL_ID_1]"),
        ("social security number is 123 45 6789.", "social security number is [NATIONAL_ID_1]."),
        ("My driver's license number is F162823540116", "My driver's license number is [NATIONAL_ID_1]"),
        ("passport no. C01X00T47 expired", "passport no. [NATIONAL_ID_1] expired"),
        ("Steuer-ID: 36 574 261 809", "Steuer-ID: [NATIONAL_ID_1]"),
        ("BSN: 111222333", "BSN: [NATIONAL_ID_1]"),
        ("NHS number 943 476 5919", "NHS number [NATIONAL_ID_1]"),
        ("PESEL 44051401359", "PESEL [NATIONAL_ID_1]"),
        ("my national id card number is the 12345678-9", "my national id card number is the [NATIONAL_ID_1]"),
    ],
)
def test_numbers_behind_a_telling_word_are_found(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "12-34-5678",
        "AB123",
        "390.533.447-06",
        "passport control is at gate 12345",
        "the passport of 2024",
        "54362315A",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert redacted(text) == text

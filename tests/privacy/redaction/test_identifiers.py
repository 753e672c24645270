"""Numbers of customers, accounts, documents and devices."""

import pytest

from tests.privacy.redaction.cases import redacted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("customer 2514/3619-T.", "customer [ACCOUNT_NUMBER_1]."),
        ("Patient: MRN K-8932-9009, yes", "Patient: MRN [ACCOUNT_NUMBER_1], yes"),
        ("K-8932-9009 is my policy number", "[ACCOUNT_NUMBER_1] is my policy number"),
        ("sort code 20-45-77, acc no 55319268", "sort code [ACCOUNT_NUMBER_1], acc no [ACCOUNT_NUMBER_2]"),
        ("agência 0481 conta 31784-2", "agência [ACCOUNT_NUMBER_1] conta [ACCOUNT_NUMBER_2]"),
        ("IFSC HDFC0001234", "IFSC [ACCOUNT_NUMBER_1]"),
        ("residence permit HHH428331", "residence permit [ACCOUNT_NUMBER_1]"),
        ("staff no 4711", "staff no [ACCOUNT_NUMBER_1]"),
        ("VIN 1HGCM82633A004352", "VIN [ACCOUNT_NUMBER_1]"),
        ("EID is 784-1987-5291763-8", "EID is [ACCOUNT_NUMBER_1]"),
        ("the form wants 946985194 in it", "the form wants [ACCOUNT_NUMBER_1] in it"),
        ("番号は313483430941です", "番号は[PHONE_1]です"),
        ("my car's plate: LD-66-ED", "my car's plate: [ACCOUNT_NUMBER_1]"),
        ("it was QN51 UWR, grey", "it was [ACCOUNT_NUMBER_1], grey"),
        ("PNR ABCDEF", "PNR [ACCOUNT_NUMBER_1]"),
        ("case 2:23-cv-01234", "case [ACCOUNT_NUMBER_1]"),
    ],
)
def test_numbers_of_somebody_are_found(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Karl Kraus (1874-1936), a social critic",
        "population 4155552671, or 415555267 people",
        "$123456789 and 3.1415926535",
        "ISBN 9780306406157, error code 12345",
        "1000000000 of them, 1234567890",
        "COVID-19, iPhone 14, ISO 9001, 2nd, 100km",
        "2024-05-17 10:30:00 and 20240517",
        "the account of 2023",
    ],
)
def test_counts_dates_and_norms_stay(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call ２１２−５５５−０１２３", "call [PHONE_1]"),
        ("ssn 123–45–6789", "ssn [NATIONAL_ID_1]"),
        ("رقم ٠١٠٣٧٤٥٦٩١٨", "رقم [PHONE_1]"),
        ("it is two one two five five five zero one", "it is [PHONE_1]"),
        ("10[.]1[.]2[.]3", "[IP_ADDRESS_1]"),
    ],
)
def test_other_ways_to_write_digits_are_read(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at 29°9'28.1\"N 71°6'26.8\"E, no signal", "at [COORDINATES_1], no signal"),
        ("lat -34.36097 lon -1.02967", "lat [COORDINATES_1]"),
        ("see 15.10296,-102.50893.", "see [COORDINATES_1]."),
        ("52.5200° N, 13.4050° E", "[COORDINATES_1]"),
    ],
)
def test_places_on_the_map_are_found(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name66 at btinternet.com", "[EMAIL_1]"),
        ("lalbu @ gmail . com thx", "[EMAIL_1] thx"),
        ("jane dot roe at example dot org", "[EMAIL_1]"),
    ],
)
def test_addresses_hidden_from_robots_are_found(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize("text", ["shop at amazon.com", "we met @ noon . then left", "look at this dot"])
def test_a_place_on_the_net_is_no_address(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(
    "wallet",
    [
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV",
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
        "rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh",
    ],
)
def test_wallets_are_found_in_any_case(wallet: str) -> None:
    assert redacted(f"pay {wallet} now") == "pay [WALLET_1] now"
    assert redacted(f"pay {wallet.lower()} now") == "pay [WALLET_1] now"


def test_the_words_of_a_wallet_and_codes_of_a_lost_device_are_found() -> None:
    words = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    assert redacted(f"my seed phrase: {words}") == "my seed phrase: [PASSWORD_1]"
    assert redacted("backup codes: 1a2b-3c4d 5e6f-7g8h") == "backup codes: [PASSWORD_1] [PASSWORD_2]"
    assert redacted("totp seed JBSW Y3DP EHPK 3PXP") == "totp seed [PASSWORD_1]"

"""No text makes redaction slow: cost grows with length, whatever the text is made of."""

import time

import pytest

from app.privacy.redaction.redactor import ConversationRedactor

SIZE = 24_000
PROSE = (
    "The quick brown fox jumps over the lazy dog, 12 times in 2024; it costs 3.50 and the key point is to pass. "
    "Write to fox@example.org or see https://example.org/fox?x=1 for what the phone 415-555-2671 is about.\n"
)
HOSTILE = {
    "letters": "a",
    "placeholders and addresses": "a@example.org [EMAIL_7] ",
    "digits": "4",
    "at signs": "@",
    "a@": "a@",
    "a@a.": "a@a.",
    "dots": "a.",
    "hyphens": "a-",
    "spaces": " ",
    "newlines": "\n",
    "brackets": "(",
    "closing brackets": ")",
    "url of brackets": "http://a/" + ")" * 997,
    "schemes": "http://",
    "scheme characters": "a+",
    "userinfo": "http://a:b@",
    "hosts": "github.com/",
    "many hosts": "a.com/x ",
    "quad": "1.",
    "quads": "1.2.3.4 ",
    "colons": "::",
    "hex": "a:",
    "mac": "00:",
    "macs": "00:11:22:33:44:5 ",
    "digit groups": "444 ",
    "single digits": "4 ",
    "card groups": "4444 ",
    "cards": "4111111111111112 ",
    "iban starts": "GB82 ",
    "iban run": "GB82WEST",
    "phones": "+1 ",
    "national phones": "030 901820, ",
    "phone cues": "phone ",
    "phone cues and numbers": "call me 12345 ",
    "pluses": "+",
    "zeros": "0",
    "bracketed digits": "123451)",
    "national numbers": ";12345",
    "pass": "pass",
    "passwords": "password: ",
    "password for": "password for a ",
    "password run": "password for" + " " * 500,
    "keys": "api_key ",
    "key values": "token aaaaaaaaaaaaaaa ",
    "key value of words": "=secret",
    "key value of keys": "=api_key",
    "key value of no keys": "=akey",
    "sk": "sk-",
    "jwt": "eyJ",
    "jwt dots": "eyJaaaaaaaaaa.",
    "pem begin": "-----BEGIN PRIVATE KEY-----",
    "pem end": "-----END PRIVATE KEY-----",
    "pem words": "-----BEGIN A A A A ",
    "dashes": "-",
    "handles": "@ab ",
    "handle lines": "@abc\n",
    "ssn": "123-45-",
    "ids": "ssn 1 ",
    "id numbers": "1a ",
    "cue words": "passport number is the ",
    "spelled at": "a [at] ",
    "spelled dot": "a [at] b [dot] ",
    "letters and digits": "A-1",
    "recovery codes": "recovery code 1a2b ",
    "settings": "password = a1b2c3 ",
    "options": "mysql -p",
    "calls": 'login("a", ',
    "said e-mail": "x @ gmail . ",
    "passwords in prose": "password aA1! ",
    "plates": "plate AB-12-CD ",
    "placeholders": "[EMAIL_1] ",
    "quotes": "'\"",
    "backslashes": "\\",
    "born": "born ",
    "born and numbers": "born 12 ",
    "months": "12 may ",
    "initials": "J. ",
    "titles": "Dr. ",
    "postcodes": "EH7 5BA ",
    "towns": "in 12345 Kassel ",
    "blocks": "1-2-3 Kita ",
    "zips": "zip code ",
    "rue": "12 rue de la ",
    "feet": "100 feet ",
    "wide": "\U0001f600",
    "dotted I": "\u0130",
}
# A rule that asks what follows a run of numbers could try the run again from each of them.
NUMERIC = [
    "digits",
    "quads",
    "digit groups",
    "card groups",
    "cards",
    "phones",
    "bracketed digits",
    "national numbers",
]
# In CPU time: four times the length should cost four times as much. The cheapest of all quadratic searches, `a+b` where
# there is no b, makes it 12 at this length; the worst measured is 6.2, once.
MOST_TIMES_A_QUARTER = 8
# Against prose of the same length.
MOST_TIMES_PROSE = 5


def seconds(text: str) -> float:
    redactor = ConversationRedactor()
    start = time.process_time()
    redactor.redact(text)
    return time.process_time() - start


def of_size(pattern: str, size: int = SIZE) -> str:
    return (pattern * (size // len(pattern) + 1))[:size]


@pytest.fixture(scope="module")
def baseline() -> float:
    return min(seconds(of_size(PROSE)) for _ in range(3))


def is_cheap(pattern: str, ending: str, baseline: float) -> bool:
    """A busy machine may spoil one measurement."""
    for _ in range(3):
        part, whole = (seconds(of_size(pattern, size) + ending) for size in (SIZE // 4, SIZE))
        if whole < MOST_TIMES_A_QUARTER * part and whole < MOST_TIMES_PROSE * baseline:
            return True
    return False


@pytest.mark.parametrize("pattern", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_costs_no_more_than_it_is_longer(pattern: str, baseline: float) -> None:
    assert is_cheap(pattern, "a", baseline)


@pytest.mark.parametrize("ending", ["!", "_"])
@pytest.mark.parametrize("name", NUMERIC)
def test_numbers_with_another_end_cost_no_more(name: str, ending: str, baseline: float) -> None:
    assert is_cheap(HOSTILE[name], ending, baseline)

"""Dates of birth, and postcodes with a town but no street."""

import pytest

from app.privacy.redaction import Kind
from app.privacy.redaction.redactor import ConversationRedactor
from tests.privacy.redaction.recognizers import recognizer


@pytest.mark.parametrize(
    "text",
    [
        "Doctor: Born?\nPatient: -February 26, 1998-.",
        "je suis né le -08/05/47-.",
        "I was born in Leeds on the -3rd of May 1980-.",
        "geb. -12.05.1980- hier",
        "fecha de nacimiento: -5 de agosto de 1947-",
        "-12/05/1980- is my birthday",
        "i'm in -16179 kassel-, what is the weather?",
        "Find me a vet around -Pune - 450 692-.",
        "Find me a vet around -2217 JL Leeuwarden-.",
        "My zip code is -90210-.",
        "Is it far to -7-24-10 Nishi-Azabu- from here?",
        "i need it sent to\n-125 the crescent\nswansea eh7 5ba-\nbefore friday",
        "is it safe to walk to -123 rue pasteur- at night?",
        "evict my mother from -42, 100 feet road-. she is 81.",
    ],
)
def test_the_detail_is_found_and_nothing_else(text: str) -> None:
    before, _, rest = text.partition("-")
    detail, _, after = rest.rpartition("-")
    plain = before + detail + after
    (spans,) = ConversationRedactor([recognizer()]).find_all([plain])
    found = [plain[span.start : span.end] for span in spans if span.kind is not Kind.PERSON]
    assert found == [detail]


@pytest.mark.parametrize(
    "text",
    [
        "Born in 1980, I moved in 2004.",
        "The baby was born. On 12/05/2020 we left.",
        "I have 5 place cards, 10 route options and 2 avenue ideas.",
        "for 12345 people it was 10000 yen",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert ConversationRedactor([recognizer()]).redact(text) == text

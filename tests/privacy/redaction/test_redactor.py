"""One conversation's redaction: numbered placeholders, nothing else touched."""

import itertools
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy.redaction import RULES_VERSION, Kind
from app.privacy.redaction.redactor import ConversationRedactor
from app.privacy.redaction.spans import Span, without_overlaps

DETAILS = [
    "jane@example.org",
    "https://example.org/users/jane?id=7",
    "192.168.17.4",
    "2001:db8::7",
    "4111 1111 1111 1111",
    "DE89 3704 0044 0532 0130 00",
    "+49 30 901820",
    "123-45-6789",
    "password: hunter2!x",
    "AKIAIOSFODNN7EXAMPLE",
    "@jane_doe said",
    "00:1A:2B:3C:4D:5E",
]
PLAIN = [
    "Hello, ",
    "\n\n- one\n- two",
    " ünïcode 漢字 ",
    "x = f(1, 2)",
    "\u2028",
    "'quoted'",
    " 12:30 ",
    "\t",
]


def redact(text: str) -> str:
    return ConversationRedactor().redact(text)


def test_the_same_detail_has_one_number_in_the_whole_conversation() -> None:
    redactor = ConversationRedactor()
    assert redactor.redact("Write to a@example.org or b@example.org.") == "Write to [EMAIL_1] or [EMAIL_2]."
    assert redactor.redact("B@Example.org is better.") == "[EMAIL_2] is better."
    assert redactor.redact("New: c@example.org, from 10.1.2.3") == "New: [EMAIL_3], from [IP_ADDRESS_1]"
    assert redactor.counts == {"EMAIL": 4, "IP_ADDRESS": 1}


def test_another_conversation_starts_anew() -> None:
    assert redact("a@example.org") == redact("b@example.org") == "[EMAIL_1]"


def test_spellings_of_one_detail_share_a_number() -> None:
    redactor = ConversationRedactor()
    text = "4111111111111111 or 4111-1111-1111-1111; 2001:db8:0:0::7 or 2001:DB8::7; call +49 30 901820, +4930901820"
    assert redactor.redact(text) == (
        "[CREDIT_CARD_1] or [CREDIT_CARD_1]; [IP_ADDRESS_1] or [IP_ADDRESS_1]; call [PHONE_1], [PHONE_1]"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No detail in here, at all: 3.14, 2024-05-17, 1,000,000 and 12:30.",
        "Lone \ud800 surrogate and NUL \x00 stay.",
        "e\u0301 is not composed, \r\n stays \r\n.",
    ],
)
def test_a_text_without_details_is_the_same_text(text: str) -> None:
    assert redact(text) == text


@given(st.text())
def test_what_is_not_redacted_is_unchanged(text: str) -> None:
    redactor = ConversationRedactor()
    redacted = redactor.redact(text)
    if not redactor.counts:
        assert redacted == text


@given(st.lists(st.sampled_from(DETAILS + PLAIN), max_size=12))
def test_all_text_around_the_details_is_kept_and_in_order(parts: list[str]) -> None:
    position, redacted = 0, redact(" ; ".join(parts))
    for part in parts:
        if part in PLAIN:
            assert part in redacted[position:]
            position = redacted.index(part, position) + len(part)
        elif part not in ("password: hunter2!x", "@jane_doe said"):
            assert part not in redacted


@given(st.lists(st.sampled_from(DETAILS + PLAIN), max_size=8))
def test_redacting_twice_changes_nothing_more(parts: list[str]) -> None:
    once = redact(" ; ".join(parts))
    assert redact(once) == once


def test_placeholders_that_are_there_stay_and_new_ones_are_numbered_after_them() -> None:
    redactor = ConversationRedactor()
    texts = [
        "Ask [PERSON_2], [EMAIL_4] or a@example.org.",
        "My name is Jadwiga Kos. [PERSON_1], b@example.org",
    ]
    assert redactor.redact_all(texts) == [
        "Ask [PERSON_2], [EMAIL_4] or [EMAIL_5].",
        "My name is [PERSON_3]. [PERSON_1], [EMAIL_6]",
    ]
    assert redactor.counts == {"EMAIL": 2, "PERSON": 1}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("password: [PASSWORD_1] and the Password again", "password: [PASSWORD_1] and the Password again"),
        ("I am [PERSON_1], the Person you met.", "I am [PERSON_1], the Person you met."),
        ("I live at [ADDRESS_1], 10115 Berlin", "I live at [ADDRESS_1], [ADDRESS_2]"),
        ("https://a.example/[PERSON_1]/edit?x=secret", "https://a.example/[PERSON_1]/[URL_1]"),
        ("[PERSON_99999999] a@b.example, [EMAIL_99999999]", "[PERSON_99999999] [EMAIL_1], [EMAIL_99999999]"),
    ],
)
def test_nothing_is_learned_from_a_placeholder(before: str, after: str) -> None:
    assert redact(before) == after


def test_what_a_person_has_cleared_is_left_alone() -> None:
    text = "Mail a@example.org or b@example.org."
    assert ConversationRedactor(cleared=["a@example.org"]).redact(text) == "Mail a@example.org or [EMAIL_1]."


def test_a_detail_inside_another_leaves_no_trace_of_either() -> None:
    text = "https://example.org/reset?mail=jane@example.org&token=abc"
    assert redact(text) == "https://example.org/[URL_1]"


def test_findings_that_overlap_in_part_are_covered_to_both_ends() -> None:
    spans = [Span(0, 6, Kind.PHONE, "p"), Span(4, 14, Kind.EMAIL, "e", kept="/"), Span(14, 16, Kind.URL, "u")]
    assert [*without_overlaps(reversed(spans))] == [Span(0, 14, Kind.EMAIL, "e"), Span(14, 16, Kind.URL, "u")]


@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.integers(1, 20), st.sampled_from(Kind)).map(
            lambda given: Span(given[0], given[0] + given[1], given[2], "same")
        )
    )
)
def test_merged_spans_cover_exactly_what_was_found(spans: list[Span]) -> None:
    merged = [*without_overlaps(spans)]
    assert {place for span in merged for place in range(span.start, span.end)} == {
        place for span in spans for place in range(span.start, span.end)
    }
    assert all(one.end <= other.start for one, other in itertools.pairwise(merged))


def test_a_redactor_tells_nobody_what_it_holds() -> None:
    redactor = ConversationRedactor()
    redactor.redact("jane@example.org")
    assert repr(redactor) == "<ConversationRedactor: 1 replacements>"
    with pytest.raises(TypeError, match="serialised"):
        pickle.dumps(redactor)


def test_counts_are_a_copy() -> None:
    redactor = ConversationRedactor()
    redactor.counts["EMAIL"] = 5
    assert redactor.counts == {}


def test_the_rules_have_a_version() -> None:
    assert RULES_VERSION.startswith("rules-")

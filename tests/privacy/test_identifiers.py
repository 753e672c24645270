"""Raw identifiers have one canonical form and show it to nobody."""

import copy
import json
import pickle
import traceback
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy.errors import IdentifierInvalid
from app.privacy.identifiers import MAX_IDENTIFIER_BYTES, Identifier, IdentifierKind

SECRET = "jane.doe-4711"


def account(text: str) -> Identifier:
    return Identifier(IdentifierKind.ACCOUNT, text)


@pytest.mark.parametrize("render", [repr, str, "{}".format, "{0!r:>40}".format, "%s".__mod__])
def test_no_way_of_printing_shows_the_value(render: Callable[[object], str]) -> None:
    shown = render(account(SECRET))
    assert SECRET not in shown
    assert "<account: redacted>" in shown


def test_the_kind_is_shown() -> None:
    assert repr(Identifier(IdentifierKind.API_KEY, SECRET)) == "<api_key: redacted>"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_refuses_to_be_pickled(protocol: int) -> None:
    with pytest.raises(TypeError, match="serialised"):
        pickle.dumps(account(SECRET), protocol=protocol)


def test_it_refuses_to_be_copied_hashed_and_turned_into_json() -> None:
    identifier = account(SECRET)
    with pytest.raises(TypeError):
        copy.copy(identifier)
    with pytest.raises(TypeError):
        copy.deepcopy({"nested": identifier})
    with pytest.raises(TypeError):
        json.dumps(identifier)
    with pytest.raises(TypeError):
        hash(identifier)
    assert not hasattr(identifier, "__dict__")


def test_canonically_equivalent_spellings_are_one_identifier() -> None:
    composed, decomposed = account("Ame\u0301lie"), account("Am\u00e9lie")
    assert composed == decomposed
    assert composed.reveal_bytes() == "Am\u00e9lie".encode()


def test_kind_case_and_compatibility_forms_are_told_apart() -> None:
    assert account("1") != Identifier(IdentifierKind.PROJECT, "1")
    assert account("Jane") != account("jane")
    assert account("\ufb01") != account("fi")
    assert account("1") != "1"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (f"{SECRET}\x00", "NUL"),
        (f"{SECRET}\ud800", "surrogate"),
        (SECRET * 40, "longer"),
        ("é" * 257, "longer"),
        ("e\u0301" * 257, "longer"),
        ("x" * 10_000_000, "longer"),
    ],
)
def test_a_text_without_canonical_form_is_refused_and_not_quoted(text: str, reason: str) -> None:
    with pytest.raises(IdentifierInvalid, match=reason) as refusal:
        account(text)
    assert isinstance(refusal.value, ValueError)
    error: BaseException | None = refusal.value
    while error is not None:
        assert SECRET not in "".join(traceback.format_exception_only(error))
        assert not isinstance(error, UnicodeError)
        error = error.__context__


def test_the_limit_counts_canonical_bytes() -> None:
    assert len(account("e\u0301" * 256).reveal_bytes()) == MAX_IDENTIFIER_BYTES


@given(st.text(min_size=1, max_size=600))
def test_any_text_gives_a_bounded_canonical_form_or_a_refusal(text: str) -> None:
    try:
        canonical = account(text).reveal_bytes()
    except IdentifierInvalid:
        return
    assert 1 <= len(canonical) <= MAX_IDENTIFIER_BYTES
    assert account(canonical.decode()).reveal_bytes() == canonical

"""The identifiers of one export."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy.export_keys import keyed_digest
from app.research.exports.identities import ExportIdentities
from app.research.exports.request import RaterScope
from tests.research.exports.records import KEY

OTHER_KEY = bytes(32)
RECORD = bytes(range(16))
TALK, OTHER_TALK = b"t" * 16, b"u" * 16
VOTER = b"v" * 8


def test_a_vote_id_is_the_keyed_digest_in_base32() -> None:
    message = (4).to_bytes(4, "big") + b"vote" + (16).to_bytes(4, "big") + RECORD
    digest = hmac.new(KEY, message, hashlib.sha256).digest()
    assert ExportIdentities(KEY).vote_id(RECORD) == "v_" + base64.b32encode(digest[:15]).decode().lower()


@given(st.binary(min_size=16, max_size=16))
def test_identifiers_have_a_prefix_and_24_characters(raw: bytes) -> None:
    identities = ExportIdentities(KEY, rater_scope=RaterScope.EXPORT)
    names = (
        identities.vote_id(raw),
        identities.conversation_id(raw),
        identities.rater_id(conversation=raw, voter=raw),
    )
    for prefix, name in zip("vcr", names, strict=True):
        assert name is not None
        assert name.startswith(f"{prefix}_")
        base64.b32decode(name[2:].upper())
        assert len(name) == 26
    assert len({name and name[2:] for name in names}) == 3, "one key, three uses, no digest in common"


def test_two_exports_share_no_identifier() -> None:
    one, two = (ExportIdentities(key, rater_scope=RaterScope.EXPORT) for key in (KEY, OTHER_KEY))
    assert one.vote_id(RECORD) != two.vote_id(RECORD)
    assert one.conversation_id(TALK) != two.conversation_id(TALK)
    assert one.rater_id(conversation=TALK, voter=VOTER) != two.rater_id(conversation=TALK, voter=VOTER)
    assert one.order_key(RECORD) != two.order_key(RECORD)


def test_by_default_a_rater_is_known_within_a_conversation_only() -> None:
    identities = ExportIdentities(KEY)
    here = identities.rater_id(conversation=TALK, voter=VOTER)
    assert here == identities.rater_id(conversation=TALK, voter=VOTER)
    assert here != identities.rater_id(conversation=OTHER_TALK, voter=VOTER)
    assert here != identities.rater_id(conversation=TALK, voter=b"w" * 8)


def test_with_export_scope_a_rater_is_known_across_conversations() -> None:
    identities = ExportIdentities(KEY, rater_scope=RaterScope.EXPORT)
    here = identities.rater_id(conversation=TALK, voter=VOTER)
    assert here == identities.rater_id(conversation=OTHER_TALK, voter=VOTER)


@pytest.mark.parametrize("scope", RaterScope)
def test_nobody_has_no_rater_id(scope: RaterScope) -> None:
    assert ExportIdentities(KEY, rater_scope=scope).rater_id(conversation=TALK, voter=b"") is None


def test_an_order_key_has_16_bytes() -> None:
    assert len(ExportIdentities(KEY).order_key(RECORD)) == 16


@given(st.lists(st.binary(max_size=4), max_size=4), st.lists(st.binary(max_size=4), max_size=4))
def test_different_parts_never_make_the_same_message(one: list[bytes], two: list[bytes]) -> None:
    same = keyed_digest(KEY, "label", *one) == keyed_digest(KEY, "label", *two)
    assert same is (one == two)


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        keyed_digest(bytes(length), "label")

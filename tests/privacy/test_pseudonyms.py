"""Pseudonyms are stable, keyed, and cannot be joined across workspaces, kinds or planes."""

import hashlib
import hmac

import pytest

from app.privacy.identifiers import Identifier, IdentifierKind, Plane
from app.privacy.keyring import Key, Keyring, KeyState, Purpose, UnknownKeyVersion
from app.privacy.pseudonyms import PERSON_BYTES, Pseudonyms

AT = 1_700_000_000_000
WORKSPACE = b"w" * 16
JANE = Identifier(IdentifierKind.ACCOUNT, "jane")


@pytest.fixture
def ring() -> Keyring:
    return Keyring.create(AT)


def hkdf_by_hand(secret: bytes, info: bytes) -> bytes:
    """RFC 5869 for one block, written out."""
    extracted = hmac.new(bytes(32), secret, hashlib.sha256).digest()
    return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()


def test_the_construction_is_what_the_documents_say() -> None:
    ring = Keyring([Key(Purpose.PSEUDONYM, 258, bytes(range(32)), AT, KeyState.PRIMARY)])
    info = b"pairvote/pseudonym/v1"
    for part in (WORKSPACE, b"account", b"preference"):
        info += len(part).to_bytes(4, "big") + part
    subkey = hkdf_by_hand(bytes(range(32)), info)
    expected = b"\x01\x02" + hmac.new(subkey, b"jane", hashlib.sha256).digest()[:16]
    assert Pseudonyms(ring).current(WORKSPACE, JANE) == expected
    assert len(expected) == PERSON_BYTES


def test_a_stored_pseudonym_stays_readable_by_later_releases() -> None:
    ring = Keyring([Key(Purpose.PSEUDONYM, 1, bytes(range(32)), AT, KeyState.PRIMARY)])
    assert Pseudonyms(ring).current(WORKSPACE, JANE).hex() == "00010df049827212e95d3e2ca830800dfcd4"


def test_workspace_kind_plane_and_text_all_matter(ring: Keyring) -> None:
    pseudonyms = Pseudonyms(ring)
    made = {
        pseudonyms.current(workspace, Identifier(kind, text), plane)
        for workspace in (WORKSPACE, b"v" * 16)
        for kind in IdentifierKind
        for text in ("jane", "Jane")
        for plane in Plane
    }
    assert len(made) == 2 * len(IdentifierKind) * 2 * len(Plane)


def test_another_key_ring_gives_another_pseudonym(ring: Keyring) -> None:
    other = Pseudonyms(Keyring.create(AT)).current(WORKSPACE, JANE)
    assert Pseudonyms(ring).current(WORKSPACE, JANE) != other


def test_after_a_rotation_old_pseudonyms_are_still_looked_up_and_buckets_stay(ring: Keyring) -> None:
    before = Pseudonyms(ring)
    rotated = ring.rotate(Purpose.PSEUDONYM, AT).rotate(Purpose.PSEUDONYM, AT)
    after = Pseudonyms(rotated)
    everything = after.all(WORKSPACE, JANE)
    assert [pseudonym[:2] for pseudonym in everything] == [b"\x00\x03", b"\x00\x02", b"\x00\x01"]
    assert everything[0] == after.current(WORKSPACE, JANE)
    assert everything[-1] == before.current(WORKSPACE, JANE)
    assert after.sticky(WORKSPACE, JANE) == before.sticky(WORKSPACE, JANE) == everything[-1]
    retired = Pseudonyms(rotated.retire(Purpose.PSEUDONYM, 1))
    assert retired.all(WORKSPACE, JANE) == everything[:2]
    assert retired.sticky(WORKSPACE, JANE) == everything[1]


def test_a_process_without_the_pseudonym_key_cannot_make_pseudonyms(ring: Keyring) -> None:
    with pytest.raises(UnknownKeyVersion):
        Pseudonyms(ring.restricted([Purpose.RECORD]))

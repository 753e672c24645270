"""Links open behind the door alone, in their own row, across rotations."""

import pytest

from app.privacy.errors import SealBroken, UnknownKeyVersion
from app.privacy.keyring import Key, Keyring, KeyState, Purpose
from app.privacy.links import Links

AT = 1_700_000_000_000


def test_a_link_opens_in_its_row_only() -> None:
    links = Links(Keyring.create(AT))
    sealed = links.seal_link(b"person", b"row 1")
    assert b"person" not in sealed
    assert links.open_link(sealed, b"row 1") == b"person"
    with pytest.raises(SealBroken):
        links.open_link(sealed, b"row 2")


def test_a_link_opens_after_a_rotation_until_its_key_is_retired() -> None:
    ring = Keyring.create(AT)
    old = Links(ring).seal_link(b"person", b"row")
    rotated = ring.rotate(Purpose.LINK, AT)
    assert old[:2] == b"\x00\x01"
    assert Links(rotated).open_link(old, b"row") == b"person"
    assert Links(rotated).seal_link(b"person", b"row")[:2] == b"\x00\x02"
    with pytest.raises(UnknownKeyVersion):
        Links(rotated.retire(Purpose.LINK, 1)).open_link(old, b"row")


def test_a_changed_version_mark_does_not_open() -> None:
    ring = Keyring.create(AT).rotate(Purpose.LINK, AT)
    sealed = Links(ring).seal_link(b"person", b"row")
    with pytest.raises(SealBroken):
        Links(ring).open_link(b"\x00\x01" + sealed[2:], b"row")
    for broken in (b"", b"\x00", sealed[:2]):
        with pytest.raises(SealBroken):
            Links(ring).open_link(broken, b"row")


def test_a_process_without_the_link_key_cannot_open_links() -> None:
    ring = Keyring.create(AT)
    sealed = Links(ring).seal_link(b"person", b"row")
    with pytest.raises(UnknownKeyVersion):
        Links(ring.restricted([Purpose.RECORD])).open_link(sealed, b"row")


def test_a_stored_link_stays_readable_by_later_releases() -> None:
    links = Links(Keyring([Key(Purpose.LINK, 1, bytes(range(32)), AT, KeyState.PRIMARY)]))
    stored = "00010161c43a639b2e2f2ae34d6d6d2c11cc3097c7ba6f0ae294c66f2fb735ae1818c5b62b"
    assert links.open_link(bytes.fromhex(stored), b"row") == b"person"

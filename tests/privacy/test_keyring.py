"""The key ring: versions, rotation, retirement, and what it tells about itself."""

import json
import pickle
from typing import Any

import pytest

from app.privacy.keyring import (
    Keyring,
    KeyringDamaged,
    KeyringError,
    KeyState,
    KeyStillPrimary,
    Purpose,
    UnknownKeyVersion,
)
from app.privacy.keys import Key

AT = 1_700_000_000_000


@pytest.fixture
def ring() -> Keyring:
    return Keyring.create(AT)


def test_a_new_ring_has_one_different_primary_for_each_purpose(ring: Keyring) -> None:
    keys = [ring.primary(purpose) for purpose in Purpose]
    assert [key.version for key in keys] == [1] * len(Purpose)
    assert {len(key.secret) for key in keys} == {32}
    assert len({key.secret for key in keys}) == len(Purpose)
    assert {key.created_at for key in keys} == {AT}


def test_rotation_adds_a_primary_and_keeps_the_old_key_readable(ring: Keyring) -> None:
    rotated = ring.rotate(Purpose.CONTENT, AT + 1)
    assert [(key.version, key.state) for key in rotated.readable(Purpose.CONTENT)] == [
        (2, KeyState.PRIMARY),
        (1, KeyState.ACTIVE),
    ]
    assert rotated.get(Purpose.CONTENT, 1).secret == ring.primary(Purpose.CONTENT).secret
    assert rotated.primary(Purpose.LINK) == ring.primary(Purpose.LINK)
    assert ring.primary(Purpose.CONTENT).version == 1


def test_a_retired_key_loses_its_secret_and_keeps_its_number(ring: Keyring) -> None:
    secret = ring.primary(Purpose.TICKET).secret
    retired = ring.rotate(Purpose.TICKET, AT).retire(Purpose.TICKET, 1)
    with pytest.raises(UnknownKeyVersion, match="retired"):
        retired.get(Purpose.TICKET, 1)
    assert [key.version for key in retired.readable(Purpose.TICKET)] == [2]
    assert (Purpose.TICKET, 1) not in retired.check_values()
    again = Keyring.load_text(retired.to_text())
    assert [(s.version, s.state) for s in again.status() if s.purpose is Purpose.TICKET] == [
        (1, KeyState.RETIRED),
        (2, KeyState.PRIMARY),
    ]
    assert secret not in pickle.dumps(again.to_text())
    assert again.rotate(Purpose.TICKET, AT).primary(Purpose.TICKET).version == 3


def test_the_primary_cannot_be_retired(ring: Keyring) -> None:
    with pytest.raises(KeyStillPrimary, match="rotate first"):
        ring.retire(Purpose.LINK, 1)


def test_an_unknown_version_is_named(ring: Keyring) -> None:
    with pytest.raises(UnknownKeyVersion, match="Version 7 of the link key is not in this key ring"):
        ring.get(Purpose.LINK, 7)


def test_versions_end_with_two_bytes() -> None:
    last = Key(Purpose.LINK, 65535, b"s" * 32, AT, KeyState.PRIMARY)
    with pytest.raises(KeyringError, match="used up"):
        Keyring([last]).rotate(Purpose.LINK, AT)


def test_a_restricted_ring_holds_nothing_else(ring: Keyring) -> None:
    research = ring.restricted([Purpose.RECORD, Purpose.EXPORT_SIGNING])
    assert research.primary(Purpose.RECORD) == ring.primary(Purpose.RECORD)
    with pytest.raises(UnknownKeyVersion, match="holds no pseudonym key"):
        research.primary(Purpose.PSEUDONYM)
    with pytest.raises(UnknownKeyVersion):
        research.get(Purpose.PSEUDONYM, 1)
    assert {status.purpose for status in research.status()} == {Purpose.RECORD, Purpose.EXPORT_SIGNING}
    assert {purpose for purpose, _ in research.check_values()} == {Purpose.RECORD, Purpose.EXPORT_SIGNING}


def test_a_ring_survives_its_text(ring: Keyring) -> None:
    rotated = ring.rotate(Purpose.CONTENT, AT + 5).rotate(Purpose.CONTENT, AT + 6)
    again = Keyring.load_text(rotated.to_text())
    assert [again.readable(purpose) for purpose in Purpose] == [
        rotated.readable(purpose) for purpose in Purpose
    ]
    assert again.to_text() == rotated.to_text()


def test_check_values_tell_rings_apart_and_are_no_secrets(ring: Keyring) -> None:
    values = ring.check_values()
    assert values == Keyring.load_text(ring.to_text()).check_values()
    assert set(values) == {(purpose, 1) for purpose in Purpose}
    assert all(len(value) == 16 for value in values.values())
    assert len(set(values.values())) == len(values)
    other = Keyring.create(AT).check_values()
    assert all(values[slot] != other[slot] for slot in values)
    assert all(value not in ring.primary(purpose).secret for (purpose, _), value in values.items())


def test_the_same_secret_checks_differently_for_another_purpose_or_version() -> None:
    keys = [
        Key(p, v, b"s" * 32, AT, KeyState.PRIMARY) for p in (Purpose.LINK, Purpose.TICKET) for v in (1, 2)
    ]
    assert len({key.check_value() for key in keys}) == 4


def test_nothing_but_the_text_shows_a_secret(ring: Keyring) -> None:
    key = ring.primary(Purpose.CONTENT)
    shown = f"{ring!r} {ring} {key!r} {ring.status()!r} {ring.check_values()!r}"
    assert repr(key.secret) not in shown
    assert key.secret.hex() not in shown
    for value in (ring, key):
        with pytest.raises(TypeError, match="serialised"):
            pickle.dumps(value)


def damaged(ring: Keyring, **changes: Any) -> str:
    document = json.loads(ring.to_text())
    document["keys"][0].update(changes)
    return json.dumps(document)


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": "pseudonyms"},
        {"purpose": ["pseudonym"]},
        {"purpose": "content"},
        {"version": 0},
        {"version": 65536},
        {"version": True},
        {"version": 1.0},
        {"version": "1"},
        {"state": "active"},
        {"state": "retired"},
        {"state": None},
        {"created_at": -1},
        {"created_at": None},
        {"secret": None},
        {"secret": 7},
        {"secret": "c2hvcnQ="},
        {"secret": "é" * 44},
        {"secret": "A" * 43 + "="},
        {"check": "00" * 16},
        {"check": None},
        {"extra": 1},
    ],
)
def test_an_entry_that_is_almost_right_is_damaged(ring: Keyring, changes: dict[str, Any]) -> None:
    with pytest.raises(KeyringDamaged):
        Keyring.load_text(damaged(ring, **changes))


@pytest.mark.parametrize(
    "text",
    ["", "{", "null", "[]", "{}", "3", "[" * 100_000, '{"format": "pairvote-keyring"}', "\x00"],
)
def test_text_that_is_no_ring_is_damaged(text: str) -> None:
    with pytest.raises(KeyringDamaged):
        Keyring.load_text(text)


def test_every_changed_character_of_a_secret_is_noticed(ring: Keyring) -> None:
    secret = json.loads(ring.to_text())["keys"][0]["secret"]
    for place, character in enumerate(secret[:-1]):
        other = "A" if character != "A" else "B"
        with pytest.raises(KeyringDamaged):
            Keyring.load_text(damaged(ring, secret=secret[:place] + other + secret[place + 1 :]))


@pytest.mark.parametrize("spare_bits", "BCD")
def test_a_change_of_the_bits_to_spare_is_noticed(spare_bits: str) -> None:
    ring = Keyring([Key(Purpose.TICKET, 1, bytes(32), AT, KeyState.PRIMARY)])
    secret = "A" * 43 + "="
    assert secret in ring.to_text()
    with pytest.raises(KeyringDamaged):
        Keyring.load_text(damaged(ring, secret=f"{secret[:42]}{spare_bits}="))


def test_two_keys_of_one_version_are_damage(ring: Keyring) -> None:
    document = json.loads(ring.to_text())
    document["keys"].append(document["keys"][0])
    with pytest.raises(KeyringDamaged, match="two pseudonym keys"):
        Keyring.load_text(json.dumps(document))


def test_a_message_about_damage_never_quotes_the_ring(ring: Keyring) -> None:
    text = ring.to_text()
    with pytest.raises(KeyringDamaged) as refusal:
        Keyring.load_text(text[:-40])
    assert refusal.value.__context__ is None
    assert json.loads(text)["keys"][0]["secret"] not in str(refusal.value)

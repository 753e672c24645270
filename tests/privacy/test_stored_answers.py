"""Stored answers are sealed, and requests are recognised without a hash that confirms guesses."""

import hashlib

import pytest

from app.privacy.errors import SealBroken
from app.privacy.keyring import Key, Keyring, KeyState, Purpose
from app.privacy.stored_answers import FINGERPRINT_BYTES, AnswerSeal

AT = 1_700_000_000_000
BODY = b'{"identifiers": {"account": "jane"}}'


@pytest.fixture
def ring() -> Keyring:
    return Keyring.create(AT)


def test_an_answer_opens_in_its_place_only(ring: Keyring) -> None:
    answers = AnswerSeal(ring)
    sealed = answers.seal(b'{"id": "cmp_1"}', b"key 1")
    assert answers.open(sealed, b"key 1") == b'{"id": "cmp_1"}'
    with pytest.raises(SealBroken):
        answers.open(sealed, b"key 2")


def test_the_same_body_matches_and_another_does_not(ring: Keyring) -> None:
    answers = AnswerSeal(ring)
    fingerprint = answers.fingerprint(BODY, b"key 1")
    assert len(fingerprint) == FINGERPRINT_BYTES
    assert fingerprint == answers.fingerprint(BODY, b"key 1")
    assert answers.matches(fingerprint, BODY, b"key 1")
    assert not answers.matches(fingerprint, BODY + b" ", b"key 1")
    assert not answers.matches(fingerprint, BODY, b"key 2")
    assert not answers.matches(fingerprint[:-1], BODY, b"key 1")


def test_place_and_body_cannot_trade_bytes(ring: Keyring) -> None:
    answers = AnswerSeal(ring)
    assert answers.fingerprint(b"bc", b"a") != answers.fingerprint(b"c", b"ab")


def test_a_retry_is_recognised_after_a_rotation(ring: Keyring) -> None:
    fingerprint = AnswerSeal(ring).fingerprint(BODY, b"key")
    rotated = AnswerSeal(ring.rotate(Purpose.CONTENT, AT))
    assert rotated.matches(fingerprint, BODY, b"key")
    assert not rotated.matches(fingerprint, b"other", b"key")
    assert rotated.fingerprint(BODY, b"key") != fingerprint


def test_a_fingerprint_needs_the_key(ring: Keyring) -> None:
    fingerprint = AnswerSeal(ring).fingerprint(BODY, b"key")
    assert hashlib.sha256(BODY).digest() not in fingerprint
    assert not AnswerSeal(Keyring.create(AT)).matches(fingerprint, BODY, b"key")


def test_what_is_stored_stays_readable_by_later_releases() -> None:
    answers = AnswerSeal(Keyring([Key(Purpose.CONTENT, 1, bytes(range(32)), AT, KeyState.PRIMARY)]))
    fingerprint = "0001a6636bfbeccc804b20102f0675e4b02a59cd3ad90a76bc9f016b828dbaf6b4e0"
    digest = "000160466ac3d706ae1461ca84dfeb2adc07b4c2256feacc7b80c8dff858f9635d71"
    sealed = "00010103f5ffa102428d729b5b665d79f526340e0879e39ee29bd282b270ace29809742d58e64adbbaa41f5e5792"
    assert answers.fingerprint(b"body", b"place").hex() == fingerprint
    assert answers.lookup_digest(b"key", b"place").hex() == digest
    assert answers.open(bytes.fromhex(sealed), b"place") == b'{"id": "cmp_1"}'


def test_a_row_is_found_after_a_rotation(ring: Keyring) -> None:
    rotated = ring.rotate(Purpose.CONTENT, AT)
    assert AnswerSeal(rotated).lookup_digest(b"key", b"place") == AnswerSeal(ring).lookup_digest(
        b"key", b"place"
    )

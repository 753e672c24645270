"""Stored answers are sealed, and requests are recognised without a hash that confirms guesses."""

import hashlib

import pytest

from app.privacy.errors import SealBroken
from app.privacy.keyring import Keyring, Purpose
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

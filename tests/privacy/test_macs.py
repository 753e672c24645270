"""Keyed digests give the published answers, also from a key that is used many times and by many threads."""

import copy
import hashlib
import hmac
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy.macs import MacKey

# RFC 4231, test cases 1 to 4, 6 and 7 (case 5 truncates).
PUBLISHED = [
    (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (
        b"Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (b"\xaa" * 20, b"\xdd" * 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    (
        bytes(range(1, 26)),
        b"\xcd" * 50,
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ),
    (
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
    (
        b"\xaa" * 131,
        (
            b"This is a test using a larger than block-size key and a larger than block-size data. "
            b"The key needs to be hashed before being used by the HMAC algorithm."
        ),
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ),
]


@pytest.mark.parametrize(("key", "message", "expected"), PUBLISHED)
def test_rfc_4231(key: bytes, message: bytes, expected: str) -> None:
    mac = MacKey(key)
    assert mac.digest(message) == bytes.fromhex(expected)
    assert mac.digest(message) == bytes.fromhex(expected)


@given(st.binary(min_size=1, max_size=100), st.lists(st.binary(max_size=5000), max_size=4))
def test_each_message_gets_the_digest_it_would_get_alone(key: bytes, messages: list[bytes]) -> None:
    mac = MacKey(key)
    assert [mac.digest(each) for each in messages] == [
        hmac.digest(key, each, hashlib.sha256) for each in messages
    ]


def test_threads_share_a_key() -> None:
    key, messages = b"k" * 32, [number.to_bytes(2, "big") * 3000 for number in range(500)]
    mac = MacKey(key)
    with ThreadPoolExecutor(8) as threads:
        digests = [*threads.map(mac.digest, messages)]
    assert digests == [hmac.digest(key, message, "sha256") for message in messages]


def test_a_key_is_neither_shown_nor_copied() -> None:
    mac = MacKey(b"secret" * 5)
    assert "secret" not in repr(mac)
    for leak in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(mac)

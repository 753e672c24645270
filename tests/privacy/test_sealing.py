"""Sealed bytes open with the right key in the right place, and never otherwise."""

import pickle
import random
import threading

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from app.privacy.sealing import DataKey, SealBroken, compress_and_seal, seal, unseal, unseal_and_expand

KEY = bytes(range(32))

# D. McGrew, J. Viega, "The Galois/Counter Mode of Operation (GCM)", appendix B, test cases 13, 14 and 16: key,
# nonce, plaintext, associated data, ciphertext with tag.
GCM_CASES = [
    ("00" * 32, "00" * 12, "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
    (
        "00" * 32,
        "00" * 12,
        "00" * 16,
        "",
        "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
    ),
    (
        "feffe9928665731c6d6a8f9467308308" * 2,
        "cafebabefacedbaddecaf888",
        (
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
        ),
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        (
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ),
]


@pytest.mark.parametrize(("key", "nonce", "plaintext", "place", "sealed"), GCM_CASES)
def test_published_vectors_open(key: str, nonce: str, plaintext: str, place: str, sealed: str) -> None:
    blob = b"\x01" + bytes.fromhex(nonce) + bytes.fromhex(sealed)
    assert unseal(bytes.fromhex(key), blob, bound_to=bytes.fromhex(place)) == bytes.fromhex(plaintext)


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_what_is_sealed_opens_in_its_place(plaintext: bytes, place: bytes) -> None:
    for key in (KEY, DataKey(KEY)):
        sealed = seal(key, plaintext, bound_to=place)
        assert len(sealed) == 1 + 12 + len(plaintext) + 16
        assert unseal(key, sealed, bound_to=place) == plaintext
        assert (
            unseal_and_expand(key, compress_and_seal(key, plaintext, bound_to=place), bound_to=place)
            == plaintext
        )


def test_every_changed_bit_and_every_cut_is_noticed() -> None:
    sealed = seal(KEY, b"a vote", bound_to=b"row")
    for place in range(len(sealed)):
        for bit in range(8):
            changed = bytearray(sealed)
            changed[place] ^= 1 << bit
            with pytest.raises(SealBroken):
                unseal(KEY, bytes(changed), bound_to=b"row")
        with pytest.raises(SealBroken):
            unseal(KEY, sealed[:place], bound_to=b"row")
    with pytest.raises(SealBroken):
        unseal(KEY, sealed + b"\x00", bound_to=b"row")


def test_another_key_or_another_place_does_not_open() -> None:
    sealed = seal(KEY, b"a vote", bound_to=b"row")
    with pytest.raises(SealBroken) as refusal:
        unseal(bytes(32), sealed, bound_to=b"row")
    assert "vote" not in str(refusal.value)
    with pytest.raises(SealBroken):
        unseal(KEY, sealed, bound_to=b"raw")


def test_sealing_twice_gives_different_bytes() -> None:
    assert len({seal(KEY, b"same", bound_to=b"") for _ in range(1000)}) == 1000


def test_a_data_key_shows_and_gives_nothing_away() -> None:
    key = DataKey(KEY)
    assert repr(key) == str(key) == "<DataKey: redacted>"
    with pytest.raises(TypeError, match="serialised"):
        pickle.dumps(key)
    with pytest.raises(ValueError, match="32 bytes"):
        DataKey(b"short")


def test_content_over_the_limit_is_not_sealed() -> None:
    with pytest.raises(ValueError, match="over the limit"):
        compress_and_seal(KEY, b"x" * 101, bound_to=b"", limit=100)


def test_a_bomb_is_refused_before_it_grows() -> None:
    bomb = zstandard.ZstdCompressor(level=1).compress(bytes(64 << 20))
    assert len(bomb) < 10_000
    with pytest.raises(SealBroken, match="expands beyond"):
        unseal_and_expand(KEY, seal(KEY, bomb, bound_to=b""), bound_to=b"")


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"not a frame",
        zstandard.ZstdCompressor(write_content_size=False).compress(b"size not said"),
        zstandard.ZstdCompressor().compress(b"cut off" * 100)[:-3],
        zstandard.ZstdCompressor().compress(b"one") + zstandard.ZstdCompressor().compress(b"two"),
    ],
    ids=["empty", "garbage", "no size", "cut", "two frames"],
)
def test_a_sealed_value_that_is_no_single_frame_is_broken(frame: bytes) -> None:
    with pytest.raises(SealBroken):
        unseal_and_expand(KEY, seal(KEY, frame, bound_to=b""), bound_to=b"")


def test_many_threads_can_seal_and_open_under_one_key() -> None:
    key, wrong = DataKey(KEY), []

    def work(worker: int) -> None:
        for turn in range(200):
            text = f"{worker}:{turn}:".encode() * 50
            if unseal_and_expand(key, compress_and_seal(key, text, bound_to=b"t"), bound_to=b"t") != text:
                wrong.append((worker, turn))

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_content_sealed_by_an_earlier_release_opens() -> None:
    stored = (
        "01a850b783d6b2dc981f68f1ee50522d115275f5d8e591d3f917ee4eef1b23946418b4b6ab6a222b56ba81b538e3943e8afe"
        "7af9217ddc895f94285bc8629693cc28"
    )
    opened = unseal_and_expand(KEY, bytes.fromhex(stored), bound_to=b"place")
    assert opened == b"to be or not to be, " * 4


@pytest.mark.parametrize("size", [0, 1, 300, 9_000, 131_072, 131_073, 1 << 20])
def test_content_of_any_size_comes_back(size: int) -> None:
    words, chance = [b"%x " % number for number in range(500)], random.Random(size)
    content = b"".join(chance.choices(words, k=size // 3 + 1))[:size]
    sealed = compress_and_seal(KEY, content, bound_to=b"place")
    assert unseal_and_expand(KEY, sealed, bound_to=b"place") == content
    assert len(sealed) <= size * 0.7 + 60

"""The keyed order of record ids."""

import hashlib
import random
from pathlib import Path

import pytest

from app.research.exports.identities import ExportIdentities
from app.research.exports.ordering import keyed_order
from tests.research.exports.records import KEY


def short_digest(record_id: bytes) -> bytes:
    return hashlib.blake2b(record_id, digest_size=16).digest()


def test_ids_come_in_the_order_of_their_keys(tmp_path: Path) -> None:
    identities = ExportIdentities(KEY)
    ids = [number.to_bytes(16, "big") for number in range(1_000)]
    with keyed_order(iter(ids), order_key=identities.order_key, scratch=tmp_path) as ordered:
        assert list(ordered) == sorted(ids, key=identities.order_key)


def test_the_order_does_not_depend_on_the_order_of_arrival(tmp_path: Path) -> None:
    ids = [number.to_bytes(16, "big") for number in range(120_000)]  # several chunks
    shuffled = random.Random(3).sample(ids, len(ids))
    with (
        keyed_order(iter(ids), order_key=short_digest, scratch=tmp_path) as one,
        keyed_order(iter(shuffled), order_key=short_digest, scratch=tmp_path) as two,
    ):
        assert all(first == second for first, second in zip(one, two, strict=True))


def test_nothing_is_an_order_too(tmp_path: Path) -> None:
    with keyed_order(iter(()), order_key=short_digest, scratch=tmp_path) as ordered:
        assert list(ordered) == []


def test_its_file_lies_in_the_scratch_folder_and_is_removed(tmp_path: Path) -> None:
    with keyed_order(iter([b"a" * 16]), order_key=short_digest, scratch=tmp_path):
        assert [path.suffix for path in tmp_path.iterdir()] == [".sqlite"]
    assert list(tmp_path.iterdir()) == []


def test_its_file_is_removed_when_the_reader_fails_halfway(tmp_path: Path) -> None:
    def read_halfway() -> None:
        with keyed_order(iter([b"a" * 16, b"b" * 16]), order_key=short_digest, scratch=tmp_path) as ordered:
            next(ordered)
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        read_halfway()
    assert list(tmp_path.iterdir()) == []


def test_a_record_that_comes_twice_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="twice"),
        keyed_order(iter([b"a" * 16, b"a" * 16]), order_key=short_digest, scratch=tmp_path),
    ):
        pass
    assert list(tmp_path.iterdir()) == []

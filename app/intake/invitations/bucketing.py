"""Puts a value into a stable bucket of [0, 1), compatible with GrowthBook's SDK hashing.

The hash is 32-bit FNV-1a (Fowler, Noll, Vo: http://www.isthe.com/chongo/tech/comp/fnv/). It spreads values
evenly and says the same in every process and after every restart. It is not cryptographic: whoever chooses
the value chooses the bucket, so bucket only what a client cannot choose, such as a keyed pseudonym.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

_FNV_OFFSET_BASIS = 0x811C9DC5
_FNV_PRIME = 0x01000193
_MASK = 0xFFFFFFFF
# Version 2 is fine enough for rates in steps of 0.01%; version 1 stays because namespaces are defined by it.
BUCKETS = 10_000
_BUCKETS_V1 = 1_000
# What GrowthBook tolerates before it calls weights a mistake and shares equally instead.
_WEIGHT_SUM_TOLERANCE = 0.01


class Range(NamedTuple):
    """The half-open interval [start, end)."""

    start: float
    end: float


class Namespace(NamedTuple):
    """A share of a named population that experiments divide among themselves."""

    name: str
    start: float
    end: float


def hash_bucket(seed: str, value: str, version: int = 2) -> float | None:
    """The bucket of `value` in [0, 1) under `seed`, or None for an unknown version.

    Version 2 hashes twice, because a single FNV-1a of short values that differ in the last character gives
    buckets that depend on each other; it has 10,000 buckets. Version 1 hashes once and has 1,000.
    """
    if version == 2:
        return sampling_bucket(seed, value)
    if version == 1:
        return _fnv1a((value + seed).encode(errors="surrogatepass")) % _BUCKETS_V1 / _BUCKETS_V1
    return None


def sampling_bucket(seed: str, value: str) -> float:
    """Version 2 of `hash_bucket`: what every draw of ours uses."""
    inner = _fnv1a(value.encode(errors="surrogatepass"), _state_after(seed))
    return _fnv1a(b"%d" % inner) % BUCKETS / BUCKETS


def in_range(bucket: float, interval: Range) -> bool:
    """Whether the bucket lies in [start, end)."""
    return interval.start <= bucket < interval.end


def in_namespace(value: str, namespace: Namespace) -> bool:
    """Whether the value belongs to the namespace's share of everybody."""
    bucket = hash_bucket(f"__{namespace.name}", value, version=1)
    return bucket is not None and in_range(bucket, Range(namespace.start, namespace.end))


def equal_weights(n: int) -> list[float]:
    """`n` weights that share 1 equally; none for n < 1."""
    return [1 / n] * n if n > 0 else []


def bucket_ranges(n: int, coverage: float = 1.0, weights: Sequence[float] | None = None) -> list[Range]:
    """The ranges of `n` variations: each starts where full coverage would place it, cut to the coverage.

    So raising the coverage moves nobody from one variation to another. Coverage is clipped to 0..1; weights
    of the wrong length, or whose sum is off by more than 0.01, are replaced by equal ones.
    """
    coverage = min(max(coverage, 0.0), 1.0)
    if weights is None or len(weights) != n or abs(sum(weights) - 1) > _WEIGHT_SUM_TOLERANCE:
        weights = equal_weights(n)
    starts = accumulate(weights, initial=0.0)
    return [Range(start, start + coverage * weight) for start, weight in zip(starts, weights, strict=False)]


def choose_variation(bucket: float, ranges: Sequence[Range]) -> int:
    """The index of the first range that holds the bucket, or -1."""
    return next((index for index, interval in enumerate(ranges) if in_range(bucket, interval)), -1)


def share_below(rate: float) -> float:
    """The exact share of version 2 buckets strictly below `rate`: how probable `bucket < rate` is.

    It equals the rate where that is a multiple of 1/BUCKETS, and is the next multiple above it elsewhere.
    """
    below = round(rate * BUCKETS)
    if below / BUCKETS < rate:
        below += 1
    return min(max(below, 0), BUCKETS) / BUCKETS


def _fnv1a(data: bytes, state: int = _FNV_OFFSET_BASIS) -> int:
    for byte in data:
        state = ((state ^ byte) * _FNV_PRIME) & _MASK
    return state


# A process meets few seeds (two for each workspace) and many values, so the seed's part is hashed once.
@lru_cache(maxsize=4096)
def _state_after(seed: str) -> int:
    return _fnv1a(seed.encode(errors="surrogatepass"))

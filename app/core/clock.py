"""The only place that asks what time it is."""

import datetime as dt
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Final

NS_PER_MS = 1_000_000
MS_PER_SECOND = 1_000
MS_PER_DAY = 86_400_000
DAYS_PER_WEEK = 7
# 1970-01-01 was a Thursday: three days after its week's Monday.
_EPOCH_WEEKDAY = 3

Clock = Callable[[], int]


def now_ms() -> int:
    """Milliseconds since 1970-01-01 UTC."""
    return time.time_ns() // NS_PER_MS


monotonic: Final = time.monotonic
"""Seconds on a clock that never goes back; for durations only."""


def day_of(at: int) -> int:
    """Days since 1970-01-01 UTC of a time in milliseconds."""
    return at // MS_PER_DAY


def week_of(day: int) -> int:
    """The day number of the Monday that begins the ISO week of `day`."""
    return day - (day + _EPOCH_WEEKDAY) % DAYS_PER_WEEK


def quarter_of(day: int) -> int:
    """Quarters since 1970: 0 is January to March 1970."""
    date = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    return (date.year - 1970) * 4 + (date.month - 1) // 3


def rfc3339(at: int) -> str:
    """A time in milliseconds as RFC 3339 UTC with millisecond precision."""
    seconds, ms = divmod(at, MS_PER_SECOND)
    return f"{_whole_second(seconds)}.{ms:03d}Z"


# Calls of the same moment name the same seconds; a calendar costs five times what looking one up does.
@lru_cache(maxsize=1024)
def _whole_second(seconds: int) -> str:
    return dt.datetime.fromtimestamp(seconds, tz=dt.UTC).isoformat()[: len("2026-11-22T10:15:21")]


def iso_date(day: int) -> str:
    """A day number as YYYY-MM-DD."""
    return (dt.date(1970, 1, 1) + dt.timedelta(days=day)).isoformat()

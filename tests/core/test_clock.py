"""Days, ISO weeks and quarters at their edges."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import MS_PER_DAY, day_of, iso_date, quarter_of, rfc3339, week_of

_DAYS = st.integers(0, 60_000)


@given(_DAYS)
def test_weeks_begin_on_the_monday_of_iso_8601(day: int) -> None:
    date = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    monday = dt.date.fromisocalendar(date.isocalendar().year, date.isocalendar().week, 1)
    assert iso_date(week_of(day)) == monday.isoformat()


@given(_DAYS)
def test_quarters_have_three_months(day: int) -> None:
    date = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    assert quarter_of(day) == (date.year - 1970) * 4 + (date.month - 1) // 3


def test_a_day_ends_at_midnight_utc() -> None:
    assert day_of(MS_PER_DAY - 1) == 0
    assert day_of(MS_PER_DAY) == 1


def test_times_are_rfc_3339_with_milliseconds() -> None:
    assert rfc3339(1_700_000_000_007) == "2023-11-14T22:13:20.007Z"


@given(st.integers(0, 4_000_000_000_000))
def test_a_time_written_is_the_time_meant(at: int) -> None:
    moment = dt.datetime.fromisoformat(rfc3339(at))
    assert (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1) == at
    assert len(rfc3339(at)) == len("2026-11-22T10:15:21.000Z")

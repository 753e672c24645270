"""A clock that tests move."""

from app.core.clock import MS_PER_DAY, MS_PER_SECOND

# Monday, 2 November 2026, noon UTC.
_START = 1_793_620_800_000


class MovableClock:
    """Milliseconds since 1970-01-01 UTC that pass only when told to."""

    def __init__(self, at: int = _START) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at

    def advance(self, *, days: float = 0, seconds: float = 0, ms: int = 0) -> int:
        """Lets time pass; the new time."""
        self.at += int(days * MS_PER_DAY) + int(seconds * MS_PER_SECOND) + ms
        return self.at

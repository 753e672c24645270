"""Exact values made coarse enough to be shared: ranges instead of milliseconds, weeks instead of times."""

from bisect import bisect_right
from typing import Final, NamedTuple

from app.core.clock import day_of, week_of


class Ranges(NamedTuple):
    """Where ranges begin, in milliseconds and rising, and what each is called."""

    starts: tuple[int, ...]
    names: tuple[str, ...]

    def name_of(self, ms: int | None) -> str | None:
        """The range a duration falls into; None where it was not measured, or by clocks that disagree."""
        if ms is None or ms < 0:
            return None
        return self.names[bisect_right(self.starts, ms) - 1]


LATENCY: Final = Ranges(
    (0, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000),
    ("0-0.5s", "0.5-1s", "1-2s", "2-5s", "5-10s", "10-30s", "30-60s", "60s+"),
)
"""How long a model took to answer. A millisecond of it would make nearly every row unique."""
TIME_TO_VOTE: Final = Ranges(
    (0, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000),
    ("0-2s", "2-5s", "5-10s", "10-30s", "30-60s", "1-2min", "2-5min", "5-10min", "10min+"),
)
"""How long a person took from seeing both answers to voting."""
FAST_VOTE_MS: Final = 1_500
"""Below this nobody has read two answers."""

# What providers say of why an answer ended (OpenAI, Anthropic, Gemini, Mistral, Cohere, Bedrock), in lower case. The
# field is free text to us, so a word that is not known does not get through the door.
_FINISH_REASONS: Final = frozenset(
    """
    stop length content_filter tool_calls function_call end_turn max_tokens stop_sequence tool_use pause_turn
    refusal safety recitation language other blocklist prohibited_content spii malformed_function_call
    image_safety model_length error complete error_toxic error_limit user_cancel guardrail_intervened
    content_filtered model_context_window_exceeded
    """.split()  # noqa: SIM905 - a block of words reads better
)


def finish_reason_of(said: str | None) -> str | None:
    """A provider's reason in lower case; `other` for one that is not known."""
    if said is None:
        return None
    reason = said.lower()
    return reason if reason in _FINISH_REASONS else "other"


def week_of_time(at: int) -> int:
    """The Monday (day number, UTC) of the ISO week of a time: the finest that a record tells."""
    return week_of(day_of(at))


def rounded_count(count: int | None) -> int | None:
    """A count to one significant digit: the exact numbers of two calls would name their row."""
    if not count:
        return count
    unit: int = 10 ** (len(str(count)) - 1)
    return (count + unit // 2) // unit * unit

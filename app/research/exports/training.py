"""Makes the rows that preference training reads from a row of `votes`."""

from typing import Final, NamedTuple

from app.research.exports.rows import Row

NO_PREFERENCE: Final = "no_preference"
NO_ABSOLUTE_SIGNAL: Final = "no_absolute_signal"
NO_TEXT: Final = "no_text"
NO_PROMPT: Final = "no_prompt"

LEFT_OUT: Final = {
    NO_PREFERENCE: "Neither answer was preferred.",
    NO_ABSOLUTE_SIGNAL: "No answer was called good or bad by itself.",
    NO_TEXT: "The vote was shared without its text.",
    NO_PROMPT: "There is no message before the answers.",
}
"""Why a vote gives no row, and what that means."""


class Made(NamedTuple):
    """The rows that a vote gives, or why it gives none."""

    rows: tuple[Row, ...] = ()
    left_out: str | None = None


def preference_rows(vote: Row) -> Made:
    """The vote's preferred and rejected answer. Only a preference counts: a tie prefers nothing."""
    winner = vote["winner"]
    if winner not in ("model_a", "model_b"):
        return Made(left_out=NO_PREFERENCE)
    if reason := _missing(vote):
        return Made(left_out=reason)
    answers = (vote["response_a"], vote["response_b"])
    chosen, rejected = answers if winner == "model_a" else reversed(answers)
    row = {
        "prompt": vote["prompt"],
        "chosen": _said(chosen),
        "rejected": _said(rejected),
        "vote_id": vote["vote_id"],
    }
    return Made((row,))


def unpaired_rows(vote: Row) -> Made:
    """What the vote says of each answer by itself; better than another is neither good nor bad."""
    if vote["outcome"] != "both_bad":
        return Made(left_out=NO_ABSOLUTE_SIGNAL)
    if reason := _missing(vote):
        return Made(left_out=reason)
    rows = [
        {
            "prompt": vote["prompt"],
            "completion": _said(answer),
            "label": False,
            "vote_id": vote["vote_id"],
        }
        for answer in (vote["response_a"], vote["response_b"])
    ]
    return Made(tuple(rows))


def _missing(vote: Row) -> str | None:
    if vote["prompt"] is None:
        return NO_TEXT
    return None if vote["prompt"] else NO_PROMPT


def _said(answer: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": answer}]

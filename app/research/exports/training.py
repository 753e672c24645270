"""Makes the rows that preference training reads from rows of `votes` and `feedback`."""

from collections import Counter
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from app.research.exports.arrays import said_array
from app.research.exports.tables import TRL_PREFERENCE, TRL_UNPAIRED

NO_PREFERENCE: Final = "no_preference"
NO_ABSOLUTE_SIGNAL: Final = "no_absolute_signal"
NO_TEXT: Final = "no_text"
NO_PROMPT: Final = "no_prompt"
NO_RESPONSE: Final = "no_response"
NOT_A_RESPONSE: Final = "not_a_response"

LEFT_OUT: Final = {
    NO_PREFERENCE: "Neither answer was preferred.",
    NO_ABSOLUTE_SIGNAL: "No answer was called good or bad by itself.",
    NO_TEXT: "The judgement was shared without the text.",
    NO_PROMPT: "There is no message before the answers.",
    NO_RESPONSE: "There is no text of the rated response.",
    NOT_A_RESPONSE: "A page was rated, not a response.",
}
"""Why a vote, or feedback, gives no row, and what that means."""

_NEEDED: Final = ["vote_id", "prompt", "response_a", "response_b", "winner"]
_A: Final = pa.scalar("model_a")
_BOTH_BAD: Final = pa.scalar("both_bad")
_PREFERRED: Final = pa.array(["model_a", "model_b"])
_UP: Final = pa.scalar("up")
_RESPONSE: Final = pa.scalar("response")
_NO_MESSAGE: Final = pa.scalar(0, pa.int32())


class Made(NamedTuple):
    """The rows that votes give, and how many give none, by reason."""

    rows: pa.RecordBatch
    left_out: Counter[str]


def preference_rows(votes: pa.RecordBatch) -> Made:
    """Each vote's preferred and rejected answer. Only a preference counts: a tie prefers nothing."""
    kept, left_out = _usable(votes, pc.is_in(votes["winner"], _PREFERRED), NO_PREFERENCE)
    prefers_a = pc.equal(kept["winner"], _A)
    a, b = kept["response_a"], kept["response_b"]
    chosen, rejected = pc.if_else(prefers_a, a, b), pc.if_else(prefers_a, b, a)
    arrays = [kept["prompt"], said_array(chosen), said_array(rejected), kept["vote_id"]]
    return Made(pa.RecordBatch.from_arrays(arrays, schema=TRL_PREFERENCE.schema), left_out)


def unpaired_rows(votes: pa.RecordBatch) -> Made:
    """What each vote says of each answer by itself; better than another is neither good nor bad."""
    kept, left_out = _usable(votes, pc.equal(votes["outcome"], _BOTH_BAD), NO_ABSOLUTE_SIGNAL)
    # Both answers of a vote, one after the other.
    count = kept.num_rows
    answers = pa.concat_arrays([kept["response_a"], kept["response_b"]])
    alternating = pa.array([place for vote in range(count) for place in (vote, count + vote)], pa.int64())
    twice = kept.take(pa.array([vote for vote in range(count) for _ in "ab"], pa.int64()))
    labels = pa.repeat(pa.scalar(False), 2 * count)
    nothing = pa.nulls(2 * count, pa.string())
    arrays = [twice["prompt"], said_array(answers.take(alternating)), labels, twice["vote_id"], nothing]
    return Made(pa.RecordBatch.from_arrays(arrays, schema=TRL_UNPAIRED.schema), left_out)


def thumb_rows(feedback: pa.RecordBatch) -> Made:
    """What each thumb says of a response: up is good, down is bad."""
    length: Any = pc.list_value_length(feedback["prompt"])
    is_response = pc.equal(feedback["target"], _RESPONSE)
    has_prompt = pc.fill_null(pc.greater(length, _NO_MESSAGE), False)
    has_answer = pc.is_valid(feedback["response"])
    left_out = Counter(
        {
            NOT_A_RESPONSE: _count(pc.invert(is_response)),
            NO_TEXT: _count(pc.and_(is_response, pc.invert(pc.or_(has_prompt, has_answer)))),
            NO_RESPONSE: _count(pc.and_(is_response, pc.and_not(has_prompt, has_answer))),
            NO_PROMPT: _count(pc.and_(is_response, pc.and_not(has_answer, has_prompt))),
        }
    )
    usable: Any = pc.and_(is_response, pc.and_(has_prompt, has_answer))
    kept = feedback.select(["feedback_id", "prompt", "response", "rating"]).filter(usable)
    arrays = [
        kept["prompt"],
        said_array(kept["response"]),
        pc.equal(kept["rating"], _UP),
        pa.nulls(kept.num_rows, pa.string()),
        kept["feedback_id"],
    ]
    return Made(pa.RecordBatch.from_arrays(arrays, schema=TRL_UNPAIRED.schema), +left_out)


def _usable(votes: pa.RecordBatch, says: Any, says_nothing: str) -> tuple[pa.RecordBatch, Counter[str]]:
    """What training needs of the votes that say something and have text; of the others why they do not."""
    length: Any = pc.list_value_length(votes["prompt"])
    says = pc.fill_null(says, False)
    has_prompt = pc.fill_null(pc.greater(length, _NO_MESSAGE), False)
    left_out = Counter(
        {
            says_nothing: _count(pc.invert(says)),
            NO_TEXT: _count(pc.and_(says, pc.is_null(length))),
            NO_PROMPT: _count(pc.and_(says, pc.fill_null(pc.equal(length, _NO_MESSAGE), False))),
        }
    )
    return votes.select(_NEEDED).filter(pc.and_(says, has_prompt)), +left_out


def _count(marked: Any) -> int:
    return int(pc.sum(marked).as_py() or 0)

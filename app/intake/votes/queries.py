"""Statements over votes."""

from typing import Final

from sqlalchemy import bindparam, delete

from app.core.statements import insert_or_update, statement
from app.intake.votes.models import votes

_THIS: Final = (
    votes.c.workspace_id == bindparam("workspace_id"),
    votes.c.day == bindparam("day"),
    votes.c.comparison_id == bindparam("comparison_id"),
)

# `cast_at`, `undo_until` and the receipt are the first vote's: changing it does not buy time.
PUT_VOTE: Final = insert_or_update(
    votes,
    keys=["workspace_id", "day", "comparison_id"],
    update=[
        "choice",
        "strength",
        "reasons",
        "comment_sealed",
        "shown_ms",
        "changed_at",
        "changes",
        "is_changed_after_reveal",
    ],
)
DELETE_VOTE: Final = statement(delete(votes).where(*_THIS))

"""The notice shown beside every comparison: what is kept, who sees it, how to say no."""

from typing import Final, NamedTuple


class Notice(NamedTuple):
    """A version of the notice. The version is stored with each comparison that showed it."""

    version: str
    text: str


CURRENT: Final = Notice(
    version="2026-11",
    text=(
        "Your choice and these two answers help to compare AI models. Before anyone looks at them they are cut "
        "loose from your account, and e-mail addresses, numbers and keys are removed. Please skip if the "
        "conversation is sensitive; you can undo your vote for a while, or ask not to be asked again."
    ),
)

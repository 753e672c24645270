"""Builds exports in processes of their own that end as if somebody had killed them."""

import multiprocessing
from functools import cache
from multiprocessing.context import ForkServerContext

from app.core.settings import Settings
from tests.research.exports import killed_build

_MOST_SECONDS = 100


def in_child(
    settings: Settings, export_id: bytes, at: int, moment: str, *, rows_per_file: int = 50_000
) -> int:
    """Builds in another process that ends itself at a moment; what it ended with."""
    child = _children().Process(
        target=killed_build.main, args=(settings, export_id, at, moment, rows_per_file)
    )
    child.start()
    child.join(_MOST_SECONDS)
    assert child.exitcode is not None, "the child does not end"
    return child.exitcode


@cache
def _children() -> ForkServerContext:
    """Children that need not import everything anew; each is a process of its own all the same."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([killed_build.__name__, "app.research.exports.verification"])
    return context

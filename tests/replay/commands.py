"""The command line of the replay."""

import argparse
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.replay.api import Refused, ReplayFailed
from tests.replay.journal import Journal, JournalUnusable, default_path
from tests.replay.llmfao import DataUnusable, fingerprint, read_votes
from tests.replay.ranking import (
    RankingUnusable,
    difference,
    exported_battles,
    published_scores,
    scores,
    study_battles,
)
from tests.replay.replaying import Played, Replay, check_server

TOLERANCE: Final = 1e-6
_FAILURES: Final = (DataUnusable, JournalUnusable, RankingUnusable, Refused, ReplayFailed)
_INTERRUPTED: Final = 130
_ABOUT_CHECK: Final = "To compare an export with the study: python -m tests.replay check EXPORT_DIR DATA"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _check(given[1:]) if given[:1] == ["check"] else _replay(given)
    except _FAILURES as failure:
        print(failure, file=sys.stderr)
        return 1


# ------------------------------------------------------------------------------------------------ replay
def _replay(arguments: Sequence[str]) -> int:
    options = _replay_options(arguments)
    votes = read_votes(options.data)[: options.limit]
    check_server(options.urls, options.key)
    state = options.state or default_path(options.urls[0], options.key)
    journal = Journal(state, data=fingerprint(options.data))
    # Ended politely, the replay gives the workspace its policy back.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        played = Replay(options.urls, options.key, journal, workers=options.workers).run(votes)
    except KeyboardInterrupt:
        print(f"Stopped. The same command goes on where this one ended ({state}).", file=sys.stderr)
        return _INTERRUPTED
    finally:
        journal.close()
    _print_summary(played, state)
    return 0


def _replay_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.replay",
        description="Plays the human votes of the LLMFAO study through Pairvote, as a host and a widget would. "
        "The workspace's invitation policy is set to ask everybody meanwhile, and restored in the end. "
        "A replay that was interrupted, or killed, goes on where it was when it is started again.",
        epilog=_ABOUT_CHECK,
    )
    parser.add_argument("data", type=Path, metavar="DATA", help="folder of the study")
    parser.add_argument(
        "--url",
        dest="urls",
        action="append",
        required=True,
        type=_url,
        metavar="URL",
        help="address of the server; repeat it for several servers of one installation",
    )
    parser.add_argument("--key", required=True, metavar="KEY", help="API key of the workspace (pv_sk_…)")
    parser.add_argument("--limit", type=_count, metavar="N", help="only the first N votes")
    parser.add_argument("--workers", type=_count, default=8, metavar="N", help="threads (default: 8)")
    parser.add_argument(
        "--state",
        type=Path,
        metavar="FILE",
        help="what has been played (default: replay-….jsonl in this folder, one for each server and key)",
    )
    return parser.parse_args(arguments)


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError("an address begins with http:// or https://")
    return text.rstrip("/")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError("a whole number from 1 on is needed")
    return int(text)


def _print_summary(played: Played, state: Path) -> None:
    total = played.before + played.votes
    if not played.votes:
        print(f"Nothing left to play: all {total:,} votes are recorded ({state}).")
        return
    rate = played.votes / played.seconds
    print(
        f"{total:,} votes are recorded, {played.votes:,} of them now "
        f"in {played.seconds:.1f} s: {rate:.1f} votes/s"
    )
    print(f"  workers said  {_listed(played.verdicts)}")
    print(f"  votes sent    {_listed(played.choices)}")
    for call, (number, median, slow) in sorted(played.timings.quantiles_ms().items()):
        print(f"  {call:25} {number:7,}  p50 {median:7.1f} ms  p99 {slow:7.1f} ms")


def _listed(counts: Mapping[str, int]) -> str:
    return "  ".join(f"{name} {counts[name]:,}" for name in ("left", "right", "tie"))


# ------------------------------------------------------------------------------------------------- check
def _check(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.replay check",
        description="Compares the battles of an export with the study, and the ranking that follows from them with "
        "the published one.",
    )
    parser.add_argument("export", type=Path, metavar="EXPORT_DIR", help="folder of the export")
    parser.add_argument("data", type=Path, metavar="DATA", help="folder of the study")
    options = parser.parse_args(arguments)
    battles, expected = exported_battles(options.export), study_battles(options.data)
    missing, added = (expected - battles).total(), (battles - expected).total()
    apart = difference(scores(battles), published_scores(options.data))
    is_close = apart.largest <= TOLERANCE
    print(
        f"{battles.total():,} battles; {missing:,} of the study's are missing, {added:,} are not the study's"
    )
    print(
        f"Bradley-Terry: the largest difference from the published scores is {apart.largest:.2e} ({apart.model}), "
        f"{'within' if is_close else 'NOT within'} {TOLERANCE:.0e}"
    )
    return 0 if is_close and not missing and not added else 1

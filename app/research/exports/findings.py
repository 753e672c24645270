"""What verification says of an export."""

import enum
from typing import NamedTuple


class Problem(enum.StrEnum):
    """What can be wrong with an export."""

    UNREADABLE = "unreadable"
    MISSING = "missing"
    UNLISTED = "unlisted"
    NOT_A_FILE = "not-a-file"
    UNSAFE_PATH = "unsafe-path"
    SIZE_DIFFERS = "size-differs"
    CHECKSUM_DIFFERS = "checksum-differs"
    ROWS_DIFFER = "rows-differ"
    SCHEMA_DIFFERS = "schema-differs"
    CONTENT_DIFFERS = "content-differs"
    CONTENT_WRONG = "content-wrong"
    STALE = "stale"
    COUNTS_DISAGREE = "counts-disagree"
    NOT_SIGNED = "not-signed"
    KEY_UNKNOWN = "key-unknown"
    SIGNATURE_WRONG = "signature-wrong"


class Finding(NamedTuple):
    """One thing that is wrong: where, what kind, and a sentence."""

    path: str
    problem: Problem
    detail: str


def printable(text: str) -> str:
    """A text that a manifest has brought along, as a terminal may be given it."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text
    )

"""The identifiers and the order that one export has to itself, made from its own key."""

import enum
from typing import Final

from app.privacy.export_keys import KeyedDigest

_ID_BYTES: Final = 15  # 120 bits: exactly 24 characters of base32, nothing padded
_ORDER_BYTES: Final = 16

# RFC 4648 base32 in lower case, two characters at a time: the library's own is written for short inputs, and three
# identifiers a row made it a tenth of an export's time.
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS: Final = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_PAIR_SHIFTS: Final = tuple(range(_ID_BYTES * 8 - 10, -1, -10))


class RaterScope(enum.StrEnum):
    """Within what the votes of one rater can be seen to belong together."""

    NONE = "none"
    CONVERSATION = "conversation"
    EXPORT = "export"


class ExportIdentities:
    """Names the votes, conversations and raters of one export.

    Two exports have different keys and so share no identifier. That alone does not keep them apart: rows can be
    matched by their content, which is why a rater is by default known only within a conversation.
    """

    def __init__(self, key: bytes, *, rater_scope: RaterScope = RaterScope.CONVERSATION) -> None:
        self._rater_scope = rater_scope
        self._vote = KeyedDigest(key, "vote")
        self._conversation = KeyedDigest(key, "conversation")
        self._rater_in_export = KeyedDigest(key, "rater in export")
        self._rater_in_conversation = KeyedDigest(key, "rater in conversation")
        self._order = KeyedDigest(key, "order")

    def vote_id(self, record_id: bytes) -> str:
        """`v_` and 24 characters."""
        return _name("v", self._vote(record_id))

    def conversation_id(self, conversation: bytes) -> str:
        """`c_` and 24 characters."""
        return _name("c", self._conversation(conversation))

    def rater_id(self, *, conversation: bytes, voter: bytes) -> str | None:
        """`r_` and 24 characters; None without a voter or when raters are left out."""
        if not voter or self._rater_scope is RaterScope.NONE:
            return None
        if self._rater_scope is RaterScope.EXPORT:
            return _name("r", self._rater_in_export(voter))
        return _name("r", self._rater_in_conversation(conversation, voter))

    def order_key(self, record_id: bytes) -> bytes:
        """16 bytes by which rows are sorted: an order that tells nothing about when or by whom."""
        return self._order(record_id)[:_ORDER_BYTES]


def _name(prefix: str, digest: bytes) -> str:
    value = int.from_bytes(digest[:_ID_BYTES], "big")
    return f"{prefix}_{''.join([_PAIRS[value >> shift & 0x3FF] for shift in _PAIR_SHIFTS])}"

"""The identifiers and the order that one export has to itself, made from its own key."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from app.privacy.export_keys import KeyedDigest
from app.research.exports.request import RaterScope

_ID_BYTES: Final = 15  # 120 bits: exactly 24 characters of base32, nothing padded
_ORDER_BYTES: Final = 16

# RFC 4648 base32 in lower case, of many digests at once: the library's own is written for one short input, and three
# identifiers a row made it a tenth of an export's time.
_ALPHABET: Final = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)
_CHARACTERS: Final = _ID_BYTES * 8 // 5
_FIVE_BITS: Final = np.array([16, 8, 4, 2, 1], np.uint8)


class ExportIdentities:
    """Names the votes, conversations and raters of one export.

    Two exports have different keys and so share no identifier. That alone does not keep them apart: rows can be
    matched by their content, which is why a rater is by default known only within a conversation.
    """

    def __init__(self, key: bytes, *, rater_scope: RaterScope = RaterScope.CONVERSATION) -> None:
        self._rater_scope = rater_scope
        self._vote = KeyedDigest(key, "vote")
        self._feedback = KeyedDigest(key, "feedback")
        self._conversation = KeyedDigest(key, "conversation")
        self._rater_in_export = KeyedDigest(key, "rater in export")
        self._rater_in_conversation = KeyedDigest(key, "rater in conversation")
        self._order = KeyedDigest(key, "order")

    def vote_id(self, record_id: bytes) -> str:
        """`v_` and 24 characters."""
        return self.vote_ids([record_id])[0]

    def vote_ids(self, record_ids: Iterable[bytes]) -> list[str]:
        """`v_` and 24 characters each."""
        return _names("v", [self._vote(record_id) for record_id in record_ids])

    def feedback_ids(self, record_ids: Iterable[bytes]) -> list[str]:
        """`f_` and 24 characters each."""
        return _names("f", [self._feedback(record_id) for record_id in record_ids])

    def row_ids(self, records: Sequence[tuple[bytes, bool]]) -> list[str]:
        """For each record id, with whether it is feedback, what its row is called."""
        return [
            (self.feedback_ids if is_feedback else self.vote_ids)([record_id])[0]
            for record_id, is_feedback in records
        ]

    def conversation_id(self, conversation: bytes) -> str:
        """`c_` and 24 characters."""
        return self.conversation_ids([conversation])[0]

    def conversation_ids(self, conversations: Iterable[bytes]) -> list[str]:
        """`c_` and 24 characters each."""
        return _names("c", [self._conversation(conversation) for conversation in conversations])

    def rater_id(self, *, conversation: bytes, voter: bytes) -> str | None:
        """`r_` and 24 characters; None without a voter or when raters are left out."""
        return self.rater_ids([(conversation, voter)])[0]

    def rater_ids(self, voters: Sequence[tuple[bytes, bytes]]) -> list[str | None]:
        """For each conversation with its voter `r_` and 24 characters; None without, or when raters are left out."""
        if self._rater_scope is RaterScope.NONE:
            return [None] * len(voters)
        if self._rater_scope is RaterScope.EXPORT:
            digests = [self._rater_in_export(voter) for _, voter in voters if voter]
        else:
            digests = [self._rater_in_conversation(talk, voter) for talk, voter in voters if voter]
        names = iter(_names("r", digests))
        return [next(names) if voter else None for _, voter in voters]

    def order_key(self, record_id: bytes) -> bytes:
        """16 bytes by which rows are sorted: an order that tells nothing about when or by whom."""
        return self._order(record_id)[:_ORDER_BYTES]


def _names(prefix: str, digests: Sequence[bytes]) -> list[str]:
    taken = np.frombuffer(b"".join([digest[:_ID_BYTES] for digest in digests]), np.uint8)
    letters = _ALPHABET[np.unpackbits(taken).reshape(-1, 5) @ _FIVE_BITS].tobytes().decode("ascii")
    return [f"{prefix}_{letters[at : at + _CHARACTERS]}" for at in range(0, len(letters), _CHARACTERS)]

"""Tickets, the short-lived signed right to see and answer one question, and the receipts for the answers."""

import binascii
import hmac
import struct
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

from app.privacy.derivation import bind, derive_key
from app.privacy.errors import ReceiptInvalid, TicketExpired, TicketInvalid, UnknownKeyVersion
from app.privacy.keyring import Keyring, Purpose
from app.privacy.macs import MacKey

__all__ = [
    "IssuedTicket",
    "ReceiptInvalid",
    "TicketClaims",
    "TicketExpired",
    "TicketInvalid",
    "TicketPurpose",
    "Tickets",
]

TICKET_PREFIX: Final = "pvt_"
RECEIPT_PREFIX: Final = "pvr_"

# Version, key version, purpose, workspace, comparison, end of validity (16 + 32 bits), reference; then the
# tag. The whole is a multiple of three bytes, so base64 has no spare bits that could change
# without the meaning.
_LAYOUT: Final = struct.Struct(">BHB16s16sHI32s")
_TAG_BYTES: Final = 16
_TICKET_BYTES: Final = _LAYOUT.size + _TAG_BYTES
_TICKET_CHARACTERS: Final = len(TICKET_PREFIX) + _TICKET_BYTES // 3 * 4
_VERSION: Final = 1

_RECEIPT_BYTES: Final = 24
_RECEIPT_CHARACTERS: Final = len(RECEIPT_PREFIX) + _RECEIPT_BYTES // 3 * 4
_RECEIPT_VERSION: Final = b"\x01"
_RECEIPT_LOOKUP: Final = MacKey(b"pairvote/receipt-lookup/v1")

_ID_BYTES: Final = 16
_REFERENCE_BYTES: Final = 32
_LATEST: Final = (1 << 48) - 1
_CACHED_SUBKEYS: Final = 256

_TO_URLSAFE: Final = bytes.maketrans(b"+/", b"-_")
# One text for one ticket: the other alphabet's characters become one that no base64 has.
_FROM_URLSAFE: Final = bytes.maketrans(b"-_+/", b"+/\xff\xff")


class TicketPurpose(IntEnum):
    """What a ticket allows; the number is part of the signed bytes."""

    COMPARISON = 1
    FEEDBACK = 2


_PURPOSES: Final = {purpose.value: purpose for purpose in TicketPurpose}


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    """`text` goes to the host and is kept nowhere; `digest` is what is stored."""

    text: str = field(repr=False)
    digest: bytes


class TicketClaims(NamedTuple):
    """What a genuine ticket says. The person is not in it: the stored digest binds them.

    `comparison_id` is that of whatever the ticket is for: a comparison, or feedback, as the purpose says.
    """

    purpose: TicketPurpose
    workspace_id: bytes
    comparison_id: bytes
    key_version: int
    reference: bytes
    not_after: int

    def __repr__(self) -> str:
        return f"<TicketClaims: {self.purpose.name}, until {self.not_after}, redacted>"


class Tickets:
    """Issues and reads tickets. The version byte fixes the one algorithm; nothing in a ticket chooses it.

    The tag proves that this service made the ticket; whether it still counts (used, revoked, whose) is
    decided by the stored digest, which needs the ticket's random reference.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._subkey = lru_cache(maxsize=_CACHED_SUBKEYS)(self._derive_subkey)

    def issue(
        self,
        *,
        purpose: TicketPurpose,
        workspace_id: bytes,
        comparison_id: bytes,
        person: bytes,
        not_after: int,
        reference: bytes,
    ) -> IssuedTicket:
        """A ticket valid through `not_after` (milliseconds UTC). `reference` is 32 fresh random bytes."""
        if not len(workspace_id) == len(comparison_id) == _ID_BYTES or len(reference) != _REFERENCE_BYTES:
            raise ValueError("a ticket needs ids of 16 bytes and a reference of 32")
        if not 0 <= not_after <= _LATEST:
            raise ValueError("a ticket's end is out of range")
        version = self._keyring.primary(Purpose.TICKET).version
        claims = TicketClaims(purpose, workspace_id, comparison_id, version, reference, not_after)
        high, low = divmod(not_after, 1 << 32)
        signed = _LAYOUT.pack(_VERSION, version, purpose, workspace_id, comparison_id, high, low, reference)
        blob = signed + self._tag(version, signed)
        return IssuedTicket(TICKET_PREFIX + _encode(blob), self.digest(claims, person))

    def read(self, text: str, *, at: int) -> TicketClaims:
        """The claims of a genuine ticket; raises `TicketInvalid`, or `TicketExpired` after its end."""
        blob = _decode(text, prefix=TICKET_PREFIX, characters=_TICKET_CHARACTERS)
        if blob is None or len(blob) != _TICKET_BYTES or blob[0] != _VERSION:
            raise TicketInvalid("not a ticket")
        signed, tag = blob[: _LAYOUT.size], blob[_LAYOUT.size :]
        _, version, purpose, workspace_id, comparison_id, high, low, reference = _LAYOUT.unpack(signed)
        try:
            expected = self._tag(version, signed)
        except UnknownKeyVersion:
            raise TicketInvalid("not a ticket of this service") from None
        if not hmac.compare_digest(tag, expected):
            raise TicketInvalid("not a ticket of this service")
        not_after = (high << 32) | low
        if at > not_after:
            raise TicketExpired("the ticket's time is over")
        allowed = _PURPOSES.get(purpose)
        if allowed is None:
            # Signed by a newer release that runs beside this one.
            raise TicketInvalid("a ticket for an unknown purpose")
        return TicketClaims(allowed, workspace_id, comparison_id, version, reference, not_after)

    def digest(self, claims: TicketClaims, person: bytes) -> bytes:
        """What is stored: binds the reference to workspace, comparison and person (which may be empty)."""
        message = claims.reference + claims.workspace_id + claims.comparison_id + person
        return self._subkey("ticket-reference", claims.key_version).digest(message)

    def receipt(self, claims: TicketClaims) -> str:
        """The receipt for this ticket's vote: the same on every retry, without time, order or a way back."""
        message = claims.reference + claims.comparison_id
        tag = self._subkey("receipt", claims.key_version).digest(message)
        return RECEIPT_PREFIX + _encode((_RECEIPT_VERSION + tag)[:_RECEIPT_BYTES])

    def new_receipt(self, reference: bytes) -> str:
        """A receipt of its own for an answer that came without a ticket; `reference` is 32 fresh random bytes."""
        tag = self._subkey("receipt", self._keyring.primary(Purpose.TICKET).version).digest(reference)
        return RECEIPT_PREFIX + _encode((_RECEIPT_VERSION + tag)[:_RECEIPT_BYTES])

    @staticmethod
    def receipt_digest(text: str) -> bytes:
        """What is stored of a receipt, to find its vote by; raises `ReceiptInvalid`.

        Not under a secret: people keep receipts longer than ticket keys live, and 184 pseudo-random bits
        cannot be guessed.
        """
        blob = _decode(text, prefix=RECEIPT_PREFIX, characters=_RECEIPT_CHARACTERS)
        if blob is None or len(blob) != _RECEIPT_BYTES or blob[:1] != _RECEIPT_VERSION:
            raise ReceiptInvalid("not a receipt")
        return _RECEIPT_LOOKUP.digest(blob)

    def report_digest(self, claims: TicketClaims, *said: str) -> bytes:
        """What stands for a report by this ticket's holder or, without words, for all reports by them.

        The same on every retry. It needs the ticket's reference, which is stored nowhere: no database and no key ring
        tells which comparison, and so which person, it belongs to.
        """
        message = claims.reference + bind(claims.comparison_id, *said)
        return self._subkey("report", claims.key_version).digest(message)[:_ID_BYTES]

    def _tag(self, version: int, signed: bytes) -> bytes:
        message = b"pairvote/ticket/v1\x00" + signed
        return self._subkey("ticket-tag", version).digest(message)[:_TAG_BYTES]

    def _derive_subkey(self, label: str, version: int) -> MacKey:
        secret = self._keyring.get(Purpose.TICKET, version).secret
        return MacKey(derive_key(secret, b"pairvote/ticket/v1" + bind(label)))


def _encode(blob: bytes) -> str:
    return binascii.b2a_base64(blob, newline=False).translate(_TO_URLSAFE).decode("ascii")


def _decode(text: str, *, prefix: str, characters: int) -> bytes | None:
    """The bytes behind a text of exactly that many characters, fewer where it is padded; None for anything else."""
    if len(text) != characters or not text.startswith(prefix) or not text.isascii():
        return None
    try:
        return binascii.a2b_base64(text[len(prefix) :].encode().translate(_FROM_URLSAFE), strict_mode=True)
    except binascii.Error:
        return None

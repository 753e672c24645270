"""A receipt is the same on every retry, tells nothing, and is found again by its digest."""

import pytest

from app.privacy.errors import ReceiptInvalid
from app.privacy.keyring import Key, Keyring, KeyState, Purpose
from app.privacy.tickets import TicketClaims, TicketPurpose, Tickets

AT = 1_700_000_000_000


def claims(
    *, comparison: bytes = b"c" * 16, reference: bytes = b"r" * 32, not_after: int = AT
) -> TicketClaims:
    return TicketClaims(TicketPurpose.COMPARISON, b"w" * 16, comparison, 1, reference, not_after)


def test_a_retry_gets_the_same_receipt() -> None:
    ring = Keyring.create(AT)
    receipt = Tickets(ring).receipt(claims())
    assert receipt == Tickets(Keyring.load_text(ring.to_text())).receipt(claims())
    assert receipt.startswith("pvr_")
    assert len(receipt) == 36


def test_another_comparison_or_reference_gets_another_receipt() -> None:
    tickets = Tickets(Keyring.create(AT))
    made = {
        tickets.receipt(claims(comparison=comparison, reference=reference))
        for comparison in (b"c" * 16, b"d" * 16)
        for reference in (b"r" * 32, b"s" * 32)
    }
    assert len(made) == 4


def test_a_receipt_carries_no_time() -> None:
    tickets = Tickets(Keyring.create(AT))
    assert tickets.receipt(claims(not_after=AT)) == tickets.receipt(claims(not_after=AT + 1))


def test_a_receipt_is_found_after_its_ticket_key_is_retired() -> None:
    ring = Keyring.create(AT)
    receipt = Tickets(ring).receipt(claims())
    later = ring.rotate(Purpose.TICKET, AT).retire(Purpose.TICKET, 1)
    assert Tickets(later).receipt_digest(receipt) == Tickets(ring).receipt_digest(receipt)
    assert len(Tickets.receipt_digest(receipt)) == 32


@pytest.mark.parametrize(
    "text", ["", "pvr_", "pvt_" + "A" * 32, "pvr_" + "A" * 31, "pvr_" + "A" * 32, "pvr_AQ" + "=" * 30]
)
def test_what_is_no_receipt_is_refused(text: str) -> None:
    with pytest.raises(ReceiptInvalid):
        Tickets.receipt_digest(text)


def test_what_was_issued_is_recognised_by_later_releases() -> None:
    tickets = Tickets(Keyring([Key(Purpose.TICKET, 1, bytes(range(32)), AT, KeyState.PRIMARY)]))
    receipt = "pvr_ARl0Lva3uQDdvXtLGFlreAs9X-VA7mrA"
    found_by = "3e0f2606760612fb1f80ec784890595d66223434208cc6a6ff2e4e654351751d"
    stored_of_ticket = "2b0b5504644eda88769eb240e8b02887b1aa887cfe4f36b958e2dbb82146192d"
    assert tickets.receipt(claims()) == receipt
    assert tickets.receipt_digest(receipt).hex() == found_by
    assert tickets.digest(claims(), b"p" * 18).hex() == stored_of_ticket

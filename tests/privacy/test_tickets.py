"""Tickets say what was signed, to whoever holds the key, until their time is over."""

import base64
import hashlib
import hmac
from collections.abc import Callable

import pytest

from app.privacy.errors import TicketExpired, TicketInvalid
from app.privacy.keyring import Key, Keyring, KeyState, Purpose
from app.privacy.tickets import IssuedTicket, TicketPurpose, Tickets

AT = 1_700_000_000_000
WORKSPACE, COMPARISON, PERSON, REFERENCE = b"w" * 16, b"c" * 16, b"p" * 18, b"r" * 32


@pytest.fixture
def ring() -> Keyring:
    return Keyring.create(AT)


def issue(ring: Keyring, *, not_after: int = AT + 1000, person: bytes = PERSON) -> IssuedTicket:
    return Tickets(ring).issue(
        purpose=TicketPurpose.COMPARISON,
        workspace_id=WORKSPACE,
        comparison_id=COMPARISON,
        person=person,
        not_after=not_after,
        reference=REFERENCE,
    )


def test_a_ticket_is_read_as_it_was_issued(ring: Keyring) -> None:
    claims = Tickets(ring).read(issue(ring).text, at=AT)
    assert claims.purpose is TicketPurpose.COMPARISON
    assert (claims.workspace_id, claims.comparison_id) == (WORKSPACE, COMPARISON)
    assert (claims.key_version, claims.reference, claims.not_after) == (1, REFERENCE, AT + 1000)


def test_a_ticket_is_url_safe_without_padding_or_spare_bits(ring: Keyring) -> None:
    text = issue(ring).text
    assert text.startswith("pvt_")
    assert len(text) == 124
    blob = base64.urlsafe_b64decode(text[4:])
    assert len(blob) % 3 == 0
    assert base64.urlsafe_b64encode(blob).decode() == text[4:]


def test_the_construction_is_what_the_documents_say() -> None:
    secret = bytes(range(32))
    ring = Keyring([Key(Purpose.TICKET, 3, secret, AT, KeyState.PRIMARY)])
    blob = base64.urlsafe_b64decode(issue(ring, not_after=AT).text[4:])
    signed = b"\x01\x00\x03\x01" + WORKSPACE + COMPARISON + AT.to_bytes(6, "big") + REFERENCE
    extracted = hmac.new(bytes(32), secret, hashlib.sha256).digest()
    info = b"pairvote/ticket/v1\x00\x00\x00\x0aticket-tag"
    subkey = hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()
    tag = hmac.new(subkey, b"pairvote/ticket/v1\x00" + signed, hashlib.sha256).digest()[:16]
    assert blob == signed + tag


def test_a_ticket_is_valid_through_its_last_millisecond(ring: Keyring) -> None:
    ticket = issue(ring, not_after=AT)
    assert Tickets(ring).read(ticket.text, at=AT).not_after == AT
    with pytest.raises(TicketExpired):
        Tickets(ring).read(ticket.text, at=AT + 1)
    with pytest.raises(TicketInvalid):
        Tickets(ring).read(ticket.text[:-1] + ("B" if ticket.text.endswith("A") else "A"), at=AT + 1)


@pytest.mark.parametrize("not_after", [0, 2**32 - 1, 2**32, 2**48 - 1])
def test_any_end_within_48_bits_is_kept(ring: Keyring, not_after: int) -> None:
    assert Tickets(ring).read(issue(ring, not_after=not_after).text, at=0).not_after == not_after


def test_a_ticket_of_another_service_is_invalid(ring: Keyring) -> None:
    with pytest.raises(TicketInvalid):
        Tickets(Keyring.create(AT)).read(issue(ring).text, at=AT)


def test_a_ticket_outlives_a_rotation_and_ends_with_its_key(ring: Keyring) -> None:
    ticket = issue(ring)
    rotated = ring.rotate(Purpose.TICKET, AT)
    claims = Tickets(rotated).read(ticket.text, at=AT)
    assert Tickets(rotated).digest(claims, PERSON) == ticket.digest
    assert Tickets(rotated).receipt(claims) == Tickets(ring).receipt(claims)
    with pytest.raises(TicketInvalid):
        Tickets(rotated.retire(Purpose.TICKET, 1)).read(ticket.text, at=AT)


def test_the_stored_digest_binds_the_person(ring: Keyring) -> None:
    tickets = Tickets(ring)
    ticket = issue(ring)
    claims = tickets.read(ticket.text, at=AT)
    assert tickets.digest(claims, PERSON) == ticket.digest
    assert len(ticket.digest) == 32
    assert tickets.digest(claims, b"q" * 18) != ticket.digest
    assert tickets.digest(claims, b"") == issue(ring, person=b"").digest != ticket.digest


def test_neither_ticket_nor_claims_print_the_reference(ring: Keyring) -> None:
    ticket = issue(ring)
    shown = repr(ticket) + repr(Tickets(ring).read(ticket.text, at=AT))
    assert "rrrr" not in shown
    assert "pvt_" not in shown


@pytest.mark.parametrize(
    "broken",
    [
        {"workspace_id": b"w" * 15},
        {"comparison_id": b"c" * 17},
        {"reference": b"r" * 31},
        {"not_after": -1},
        {"not_after": 1 << 48},
    ],
)
def test_a_ticket_with_wrong_sizes_is_not_issued(ring: Keyring, broken: dict[str, bytes]) -> None:
    right = {
        "purpose": TicketPurpose.COMPARISON,
        "workspace_id": WORKSPACE,
        "comparison_id": COMPARISON,
        "person": PERSON,
        "not_after": AT,
        "reference": REFERENCE,
    }
    with pytest.raises(ValueError, match="ticket"):
        Tickets(ring).issue(**{**right, **broken})  # type: ignore[arg-type]


def test_a_signed_ticket_of_an_unknown_purpose_or_version_is_invalid(ring: Keyring) -> None:
    tickets = Tickets(ring)
    resign: list[Callable[[bytes], bytes]] = [
        lambda signed: signed[:3] + b"\x09" + signed[4:],
        lambda signed: b"\x02" + signed[1:],
    ]
    signed = base64.urlsafe_b64decode(issue(ring).text[4:])[:-16]
    for change in resign:
        changed = change(signed)
        text = "pvt_" + base64.urlsafe_b64encode(changed + tickets._tag(1, changed)).decode()
        with pytest.raises(TicketInvalid):
            tickets.read(text, at=AT)

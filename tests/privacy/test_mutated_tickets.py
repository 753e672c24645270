"""No change to a ticket's text gives a ticket: at least 10^5 of them are tried."""

import itertools
import random
import string
from collections.abc import Iterator

from app.privacy.errors import ReceiptInvalid, TicketExpired, TicketInvalid
from app.privacy.keyring import Keyring, Purpose
from app.privacy.secrets import new_reference, random_id
from app.privacy.tickets import TicketPurpose, Tickets

AT = 1_700_000_000_000
BASE64 = string.ascii_letters + string.digits + "-_"
STRANGE = "+/=.~ \t\n\r\x00\x7f%é\u0430\uff41\u200b\ud800\U0001f600"


def issue(tickets: Tickets) -> str:
    return tickets.issue(
        purpose=TicketPurpose.COMPARISON,
        workspace_id=random_id(),
        comparison_id=random_id(),
        person=b"p" * 18,
        not_after=AT,
        reference=new_reference(),
    ).text


def substitutions(text: str) -> Iterator[str]:
    for place, character in itertools.product(range(len(text)), BASE64 + STRANGE):
        yield text[:place] + character + text[place + 1 :]


def cuts_and_additions(text: str) -> Iterator[str]:
    for place in range(len(text) + 1):
        yield text[:place]
        yield text[place:]
        yield text[:place] + text[place + 1 :]
        yield text[:place] + text[place + 4 :]
        for character in "A=_-" + STRANGE:
            yield text[:place] + character + text[place:]
    for ending in ("=", "==", "====", "AAAA", "\n", " ", "\x00", "#", "?", text, text[4:]):
        yield text + ending
        yield ending + text


def rearrangements(text: str) -> Iterator[str]:
    for one, other in itertools.combinations(range(len(text)), 2):
        characters = [*text]
        characters[one], characters[other] = characters[other], characters[one]
        yield "".join(characters)
    for place in range(len(text)):
        yield text[:place] + text[place:].swapcase()
        yield text[:place] + text[place].swapcase() + text[place + 1 :]
    yield from (text.upper(), text.lower(), text[::-1], text[4:], "pvr_" + text[4:], "PVT_" + text[4:])
    yield from (text.replace("-", "+").replace("_", "/"), text[:4] + text[4:].replace("-", "+") + "=")


def splices(text: str, other: str) -> Iterator[str]:
    for place in range(5, len(text)):
        yield text[:place] + other[place:]
        yield other[:place] + text[place:]


def mutations(text: str, other: str) -> set[str]:
    changed = {*substitutions(text), *cuts_and_additions(text), *rearrangements(text), *splices(text, other)}
    return changed - {text, other}


def test_no_mutated_ticket_is_accepted() -> None:
    tickets = Tickets(Keyring.create(AT).rotate(Purpose.TICKET, AT))
    tried = 0
    for _ in range(7):
        text, other = issue(tickets), issue(tickets)
        for changed in mutations(text, other):
            tried += 1
            try:
                tickets.read(changed, at=AT)
            except TicketInvalid:
                continue
            raise AssertionError("a mutated ticket was accepted")
        assert tickets.read(text, at=AT).not_after == AT
    assert tried >= 100_000


def test_no_mutated_ticket_is_told_that_it_expired() -> None:
    tickets = Tickets(Keyring.create(AT))
    for changed in mutations(issue(tickets), issue(tickets)):
        try:
            tickets.read(changed, at=AT + 10**9)
        except TicketInvalid:
            continue
        except TicketExpired:
            pass
        raise AssertionError("a mutated ticket was taken for a genuine one")


def test_random_texts_of_the_right_length_are_no_tickets() -> None:
    tickets, chance = Tickets(Keyring.create(AT)), random.Random(4)
    for _ in range(5_000):
        text = "pvt_" + "".join(chance.choices(BASE64, k=120))
        try:
            tickets.read(text, at=0)
        except TicketInvalid:
            continue
        raise AssertionError("a random text was accepted")


def test_a_changed_receipt_is_another_receipt_or_none() -> None:
    tickets = Tickets(Keyring.create(AT))
    receipt = tickets.receipt(tickets.read(issue(tickets), at=AT))
    digest = tickets.receipt_digest(receipt)
    for changed in {*substitutions(receipt), *cuts_and_additions(receipt), *rearrangements(receipt)} - {
        receipt
    }:
        try:
            assert tickets.receipt_digest(changed) != digest
        except ReceiptInvalid:
            continue

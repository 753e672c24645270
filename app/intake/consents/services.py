"""Use cases of the history of consents: note a change, list a person's. An erasure deletes them with the person."""

from app.core.connections import Transaction
from app.core.ids import uuid7
from app.intake.consents.models import Consent
from app.intake.consents.queries import INSERT_CONSENT, LIST_CONSENTS


def note_consent(tx: Transaction, *, workspace_id: bytes, person: bytes, consent: Consent) -> None:
    """Adds a change to a person's history, in the transaction that makes it."""
    tx.run(
        INSERT_CONSENT,
        workspace_id=workspace_id,
        person=person,
        id=uuid7(consent.at),
        **consent._asdict(),
    )


def list_consents(tx: Transaction, *, workspace_id: bytes, person: bytes) -> list[Consent]:
    """Everything a person has set, or the host for them, the oldest first."""
    return tx.list(LIST_CONSENTS, workspace_id=workspace_id, person=person)

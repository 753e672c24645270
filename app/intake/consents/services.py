"""Use cases of the history of consents: note a change, list a person's, delete them with the person."""

from app.core.connections import Transaction
from app.core.ids import uuid7
from app.intake.consents.models import Consent
from app.intake.consents.queries import DELETE_CONSENTS, INSERT_CONSENT, LIST_CONSENTS


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


def delete_consents(tx: Transaction, *, workspace_id: bytes, person: bytes) -> int:
    """Deletes a person's history, when they are erased; how many changes it had."""
    return tx.run(DELETE_CONSENTS, workspace_id=workspace_id, person=person)

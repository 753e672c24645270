"""The use case of whoever deletes content: its data keys are doomed in the same transaction."""

from collections.abc import Sequence
from typing import Final

from app.core.connections import Transaction
from app.core.statements import insert_or_ignore
from app.intake.doomed_keys.models import doomed_keys, is_used_once

_INSERT: Final = insert_or_ignore(doomed_keys, keys=["id"])


def doom_keys(tx: Transaction, *, key_ids: Sequence[bytes]) -> None:
    """Notes that data keys must be destroyed once this transaction is committed.

    Only keys of one comparison or upload: the destruction may come late, and would take a person's new key, which has
    the id of the old one, for the old.
    """
    if not all(map(is_used_once, key_ids)):
        raise ValueError("only the key of a comparison or an upload can be doomed")
    tx.run_many(_INSERT, [{"id": key_id} for key_id in key_ids])

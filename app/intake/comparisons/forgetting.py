"""Deleting a comparison's content: text, uploads, and the data keys that nothing else needs."""

from typing import Any

from app.core.connections import Transaction
from app.intake.comparisons.queries import DELETE_CONTENT
from app.intake.doomed_keys.services import doom_keys
from app.intake.uploads.queries import DELETE_UPLOADS_OF, LIST_UPLOADS_OF


def delete_content(tx: Transaction, *, key: dict[str, Any], person: bytes) -> list[bytes]:
    """Deletes a comparison's content and dooms its data keys; their ids, to be destroyed at once after the commit.

    `key` is the comparison's primary key as statement parameters. Without a person the comparison had a data key
    of its own.
    """
    owner = {"workspace_id": key["workspace_id"], "comparison_id": key["comparison_id"]}
    useless = [] if person else [key["comparison_id"]]
    useless += tx.list(LIST_UPLOADS_OF, **owner)
    tx.run(DELETE_CONTENT, **key)
    tx.run(DELETE_UPLOADS_OF, **owner)
    doom_keys(tx, key_ids=useless)
    return useless

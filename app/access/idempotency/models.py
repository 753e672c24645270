"""The table of idempotency keys; each zone has its own."""

from typing import NamedTuple

from sqlalchemy import BigInteger, LargeBinary, MetaData, String, Table

from app.core.tables import Privacy, Retention, column, intake, research, table


class StoredAnswer(NamedTuple):
    """What a key was used for, and what was answered."""

    fingerprint: bytes
    answer_sealed: bytes


def _idempotency_keys(metadata: MetaData) -> Table:
    return table(
        "idempotency_keys",
        metadata,
        column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
        column("operation", String(60), privacy=Privacy.OPERATIONAL, primary_key=True),
        # A host may put an account's name into its keys: only a keyed digest is stored.
        column("key_digest", LargeBinary(34), privacy=Privacy.DIGEST, primary_key=True),
        column("fingerprint", LargeBinary(34), privacy=Privacy.DIGEST),
        column("answer_sealed", LargeBinary, privacy=Privacy.SEALED),
        column("created_at", BigInteger, privacy=Privacy.TIMED, index=True),
        retention=Retention("A day: long enough for any retry.", days=1, clock_column="created_at"),
    )


INTAKE = _idempotency_keys(intake)
RESEARCH = _idempotency_keys(research)

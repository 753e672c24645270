"""Once per key: the key, the body's fingerprint and the effect are written in one transaction."""

import json
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Table, bindparam, select

from app.access.idempotency.errors import CallInProgress, KeyReused
from app.access.idempotency.models import StoredAnswer
from app.core.connections import Transaction
from app.core.database import Database
from app.core.http.operations import Answer
from app.core.http.strict_json import write_json
from app.core.statements import Query, Statement, insert_or_ignore, query
from app.privacy.sealing import bind
from app.privacy.stored_answers import AnswerSeal

Key = tuple[bytes, str, bytes]


class _Statements(NamedTuple):
    find: Query[StoredAnswer]
    insert: Statement


@lru_cache
def _statements(table: Table) -> _Statements:
    c = table.c
    found = select(c.fingerprint, c.answer_sealed).where(
        c.workspace_id == bindparam("workspace_id"),
        c.operation == bindparam("operation"),
        c.key_digest == bindparam("key_digest"),
    )
    return _Statements(
        query(found, StoredAnswer),
        insert_or_ignore(table, keys=["workspace_id", "operation", "key_digest"]),
    )


class Idempotency:
    """The idempotency keys of one zone."""

    def __init__(self, database: Database, table: Table, seal: AnswerSeal) -> None:
        self._database = database
        self._statements = _statements(table)
        self._seal = seal
        self._running: set[Key] = set()
        self._lock = threading.Lock()

    def begin(
        self, workspace_id: bytes, operation: str, key_text: str, body: bytes, at: int
    ) -> tuple["OnceOnly", Answer | None]:
        """Claims a key for one call. The stored answer comes along when the call was answered before.

        Raises KeyReused (another body) and CallInProgress (the same call is running in this process).
        """
        digest = self._seal.lookup_digest(key_text.encode(), bind("idempotency-key", workspace_id, operation))
        key: Key = (workspace_id, operation, digest)
        once = OnceOnly(self, key, body, at)
        with self._lock:
            if key in self._running:
                raise CallInProgress
            self._running.add(key)
        try:
            return once, self._database.fetch(once.find)
        except BaseException:
            once.end()
            raise

    def forget_running(self, key: Key) -> None:
        """A call has ended: its key may be used again."""
        with self._lock:
            self._running.discard(key)

    def read(self, tx: Transaction, key: Key, body: bytes) -> Answer | None:
        """The stored answer of a key, or None. KeyReused when it was given for another body."""
        workspace_id, operation, digest = key
        stored = tx.find(
            self._statements.find, workspace_id=workspace_id, operation=operation, key_digest=digest
        )
        if stored is None:
            return None
        if not self._seal.matches(bytes(stored.fingerprint), body, bind(*key)):
            raise KeyReused
        return _answer_from_json(self._seal.open(bytes(stored.answer_sealed), bind(*key)))

    def store(self, tx: Transaction, key: Key, body: bytes, answer: Answer, at: int) -> bool:
        """Stores an answer; False when another process has answered first."""
        workspace_id, operation, digest = key
        sealed = self._seal.seal(_answer_to_json(answer), bind(*key))
        return bool(
            tx.run(
                self._statements.insert,
                workspace_id=workspace_id,
                operation=operation,
                key_digest=digest,
                fingerprint=self._seal.fingerprint(body, bind(*key)),
                answer_sealed=sealed,
                created_at=at,
            )
        )


class OnceOnly:
    """One call under one key."""

    def __init__(self, keys: Idempotency, key: Key, body: bytes, at: int) -> None:
        self._keys = keys
        self._key = key
        self._body = body
        self._at = at

    def find(self, tx: Transaction) -> Answer | None:
        """What this key was answered before, or None."""
        return self._keys.read(tx, self._key, self._body)

    def around(self, work: Callable[[Transaction], Answer]) -> Callable[[Transaction], Answer]:
        """The use case with its answer kept in the same transaction."""

        def once(tx: Transaction) -> Answer:
            stored = self.find(tx)
            if stored is not None:
                return stored
            answer = work(tx)
            if not self._keys.store(tx, self._key, self._body, answer, self._at):
                # Another process won the race between our look and our insert; this transaction is undone.
                raise CallInProgress
            return answer

        return once

    def end(self) -> None:
        """The call is over."""
        self._keys.forget_running(self._key)


def _answer_to_json(answer: Answer) -> bytes:
    return write_json({"status": answer.status, "headers": list(answer.headers), "body": answer.body})


def _answer_from_json(text: bytes) -> Answer:
    stored = json.loads(text)
    return Answer(stored["body"], stored["status"], tuple((name, value) for name, value in stored["headers"]))

"""Once per key: the key, the body's fingerprint and the effect are written in one transaction."""

import json
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, delete, select

from app.access.idempotency.errors import CallInProgress, KeyReused
from app.access.idempotency.models import StoredAnswer
from app.core.connections import Transaction
from app.core.database import Database
from app.core.http.operations import Answer
from app.core.http.strict_json import write_json
from app.core.statements import Query, Statement, insert_or_ignore, query, statement
from app.privacy.sealing import bind
from app.privacy.stored_answers import AnswerSeal


class Key(NamedTuple):
    """An idempotency key as stored."""

    workspace_id: bytes
    operation: str
    key_digest: bytes


class _Kept(NamedTuple):
    """A stored answer with what it is deleted by."""

    key_digest: bytes
    answer_sealed: bytes


class _Statements(NamedTuple):
    find: Query[StoredAnswer]
    insert: Statement
    list_of_moment: Query[_Kept]
    delete: Statement


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
        query(
            select(c.key_digest, c.answer_sealed).where(
                c.workspace_id == bindparam("workspace_id"),
                c.operation == bindparam("operation"),
                c.created_at == bindparam("created_at"),
            ),
            _Kept,
        ),
        statement(
            delete(table).where(
                c.workspace_id == bindparam("workspace_id"),
                c.operation == bindparam("operation"),
                c.key_digest == bindparam("key_digest"),
            )
        ),
    )


class Idempotency:
    """The idempotency keys of one zone."""

    def __init__(self, database: Database, table: Table, seal: AnswerSeal) -> None:
        self.database = database
        self.statements = _statements(table)
        self.seal = seal
        self._running: set[Key] = set()
        self._lock = threading.Lock()

    def begin(
        self, workspace_id: bytes, operation: str, key_text: str, body: bytes, at: int
    ) -> tuple["OnceOnly", Answer | None]:
        """Claims a key for one call. The stored answer comes along when the call was answered before.

        Raises KeyReused (another body) and CallInProgress (the same call is running in this process).
        """
        digest = self.seal.lookup_digest(key_text.encode(), bind("idempotency-key", workspace_id, operation))
        key = Key(workspace_id, operation, digest)
        with self._lock:
            if key in self._running:
                raise CallInProgress
            self._running.add(key)
        once = OnceOnly(self, key, body, at)
        try:
            return once, once.find_answer()
        except BaseException:
            once.end()
            raise

    def forget_answers(
        self,
        tx: Transaction,
        *,
        workspace_id: bytes,
        operation: str,
        created_at: int,
        is_meant: Callable[[Any], bool],
    ) -> int:
        """Deletes the kept answers of an operation whose body `is_meant`; how many.

        An answer is kept under the moment of its call, which is also that of the row that the call has made: no index
        by person is needed, and none of it is opened for any other purpose.
        """
        gone = 0
        moment = {"workspace_id": workspace_id, "operation": operation}
        for kept in tx.list(self.statements.list_of_moment, **moment, created_at=created_at):
            key = Key(workspace_id, operation, bytes(kept.key_digest))
            answer = _answer_from_json(self.seal.open(bytes(kept.answer_sealed), bind(*key)))
            if is_meant(answer.body):
                gone += tx.run(self.statements.delete, **key._asdict())
        return gone

    def forget_running(self, key: Key) -> None:
        """A call has ended: its key may be used again."""
        with self._lock:
            self._running.discard(key)


class OnceOnly:
    """One call under one key."""

    def __init__(self, keys: Idempotency, key: Key, body: bytes, at: int) -> None:
        self._keys = keys
        self._key = key
        self._place = bind(*key)
        self._body = body
        self._at = at

    def find_answer(self) -> Answer | None:
        """What this key was answered, or None. KeyReused when that was for another body."""
        keys = self._keys
        stored = keys.database.fetch(lambda tx: tx.find(keys.statements.find, **self._key._asdict()))
        if stored is None:
            return None
        if not keys.seal.matches(bytes(stored.fingerprint), self._body, self._place):
            raise KeyReused
        return _answer_from_json(keys.seal.open(bytes(stored.answer_sealed), self._place))

    def around(self, work: Callable[[Transaction], Answer]) -> Callable[[Transaction], Answer]:
        """The use case with its answer kept in the same transaction. CallInProgress when another process was first."""
        fingerprint = self._keys.seal.fingerprint(self._body, self._place)

        def once(tx: Transaction) -> Answer:
            answer = work(tx)
            if not self._store(tx, answer, fingerprint):
                raise CallInProgress
            return answer

        return once

    def _store(self, tx: Transaction, answer: Answer, fingerprint: bytes) -> int:
        """Stores the answer; 0 when another process was first."""
        keys = self._keys
        return tx.run(
            keys.statements.insert,
            **self._key._asdict(),
            fingerprint=fingerprint,
            answer_sealed=keys.seal.seal(_answer_to_json(answer), self._place),
            created_at=self._at,
        )

    def end(self) -> None:
        """The call is over."""
        self._keys.forget_running(self._key)


def _answer_to_json(answer: Answer) -> bytes:
    return write_json({"status": answer.status, "headers": list(answer.headers), "body": answer.body})


def _answer_from_json(text: bytes) -> Answer:
    stored = json.loads(text)
    return Answer(stored["body"], stored["status"], tuple((name, value) for name, value in stored["headers"]))

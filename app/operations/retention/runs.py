"""What retention has done: for each class, and each workspace that it touched, the last run and a total."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, LargeBinary, MetaData, String, Table, bindparam, case, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import Executable

from app.core.connections import Transaction
from app.core.retention import NOBODY, RetentionClass
from app.core.statements import Query, Statement, query, statement
from app.core.tables import Privacy, Retention, column, intake, research, table


def _retention_runs(metadata: MetaData) -> Table:
    return table(
        "retention_runs",
        metadata,
        # Empty: the whole installation.
        column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
        column("name", String(40), privacy=Privacy.OPERATIONAL, primary_key=True),
        column("started_at", BigInteger, privacy=Privacy.OPERATIONAL),
        # None while it runs, and where it was killed.
        column("ended_at", BigInteger, privacy=Privacy.OPERATIONAL, nullable=True),
        column("deleted", BigInteger, privacy=Privacy.OPERATIONAL),
        column("deleted_total", BigInteger, privacy=Privacy.OPERATIONAL),
        retention=Retention("Kept: one row for each class and workspace, overwritten by each run."),
        sqlite_with_rowid=False,
    )


class Run(NamedTuple):
    """The last run of a class, and what all runs together have deleted."""

    workspace_id: bytes
    name: str
    started_at: int
    ended_at: int | None
    deleted: int
    deleted_total: int


class _Statements(NamedTuple):
    add: Statement
    end: Statement
    list_of: Query[Run]


def _statements(runs: Table) -> _Statements:
    c = runs.c

    def add(dialect_name: str) -> Executable:
        """Adds to the run that began at the same time; what an earlier one deleted stays in the total alone."""
        make = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect_name]
        inserted: Any = make(runs).values({each.name: bindparam(each.name, type_=each.type) for each in c})
        new = inserted.excluded
        is_same = c.started_at == new.started_at
        added: Executable = inserted.on_conflict_do_update(
            index_elements=["workspace_id", "name"],
            set_={
                "started_at": new.started_at,
                "ended_at": new.ended_at,
                "deleted": case((is_same, c.deleted + new.deleted), else_=new.deleted),
                "deleted_total": c.deleted_total + new.deleted,
            },
        )
        return added

    of_workspace = or_(c.workspace_id == bindparam("workspace_id"), c.workspace_id == NOBODY)
    return _Statements(
        add=statement(add),
        end=statement(
            update(runs)
            .where(
                c.workspace_id == NOBODY,
                c.name == bindparam("class_name"),
                c.started_at == bindparam("began_at"),
            )
            .values(ended_at=bindparam("at"))
        ),
        list_of=query(select(*(c[name] for name in Run._fields)).where(of_workspace), Run),
    )


STATEMENTS: Final = {
    "intake": _statements(_retention_runs(intake)),
    "research": _statements(_retention_runs(research)),
}


class Notes:
    """The notes of one run over one class, in one database."""

    def __init__(self, place: str, which: RetentionClass, *, at: int, ended_at: int | None = None) -> None:
        self._statements = STATEMENTS[place]
        self._name = which.name
        self._at = at
        self._ended_at = ended_at

    def begin(self, tx: Transaction) -> None:
        """A run begins."""
        self._add(tx, [(NOBODY, 0)])

    def add(self, tx: Transaction, deleted: Mapping[bytes, int]) -> None:
        """So many rows of each workspace are deleted in this transaction, of none under NOBODY."""
        whole = sum(deleted.values())
        if whole:
            # In one order everywhere: two of these at a time then wait for each other instead of deadlocking.
            own = sorted((each, count) for each, count in deleted.items() if each != NOBODY and count)
            self._add(tx, [(NOBODY, whole), *own])

    def end(self, tx: Transaction, *, at: int) -> None:
        """The run came to its end."""
        tx.run(self._statements.end, class_name=self._name, began_at=self._at, at=at)

    def _add(self, tx: Transaction, counted: Iterable[tuple[bytes, int]]) -> None:
        for workspace_id, count in counted:
            tx.run(
                self._statements.add,
                workspace_id=workspace_id,
                name=self._name,
                started_at=self._at,
                ended_at=self._ended_at,
                deleted=count,
                deleted_total=count,
            )


def list_runs(
    tx: Transaction, *, place: str, workspace_id: bytes = NOBODY
) -> dict[str, tuple[Run, Run | None]]:
    """For each class the run of the whole installation, and the workspace's own part of all runs."""
    found = tx.list(STATEMENTS[place].list_of, workspace_id=workspace_id)
    own = {run.name: run for run in found if run.workspace_id != NOBODY}
    return {run.name: (run, own.get(run.name)) for run in found if run.workspace_id == NOBODY}

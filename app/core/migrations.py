"""Migrations: one numbered Alembic chain for each store, run by our own commands.

A migration's file begins with its number, which is its revision: to tell where a database stands, a server need not
load Alembic.
"""

from functools import cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, Select, String, column, func, select, table

from app.core.connections import Transaction
from app.core.database import Database
from app.core.statements import Query, scalar_query

_FOLDER: Final = Path(__file__).resolve().parents[2] / "migrations"
CHAINS: Final = ("intake", "research", "keystore")
_VERSION_TABLE: Final = "alembic_version"


def _count_version_tables(dialect: str) -> Select[Any]:
    if dialect == "sqlite":
        names = select(func.count()).select_from(table("sqlite_master", column("name", String)))
        return names.where(column("name", String) == _VERSION_TABLE)
    return select(func.count(func.to_regclass(_VERSION_TABLE)))


_COUNT_VERSION_TABLES: Final[Query[int]] = scalar_query(_count_version_tables)
_FIND_REVISION: Final[Query[str]] = scalar_query(
    select(column("version_num", String)).select_from(table(_VERSION_TABLE))
)


def upgrade(engine: Engine, chain: str, revision: str = "head") -> None:
    """Brings a database forward to a revision."""
    _run("upgrade", engine, chain, revision)


def downgrade(engine: Engine, chain: str, revision: str) -> None:
    """Brings a database back to a revision (`base`: before the first)."""
    _run("downgrade", engine, chain, revision)


def _run(what: str, engine: Engine, chain: str, revision: str) -> None:
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_FOLDER / chain))
    config.set_main_option("path_separator", "os")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        getattr(command, what)(config, revision)
        connection.commit()


@cache
def revisions(chain: str) -> list[str]:
    """The chain's revisions, oldest first."""
    return sorted(path.name.split("_")[0] for path in (_FOLDER / chain / "versions").glob("[0-9]*_*.py"))


def current(database: Database) -> str | None:
    """The revision a database is at; None for an empty one. StorageUnavailable."""

    def find(tx: Transaction) -> str | None:
        return tx.find(_FIND_REVISION) if tx.one(_COUNT_VERSION_TABLES) else None

    return database.fetch(find)


def is_current(database: Database, chain: str) -> bool:
    """Whether a database is at the chain's last revision. StorageUnavailable."""
    return current(database) == revisions(chain)[-1]

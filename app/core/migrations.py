"""Migrations: one numbered Alembic chain for each store, run by our own commands.

A migration's file begins with its number, which is its revision: to tell where a database stands, a server need not
load Alembic.
"""

from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, inspect, text

_FOLDER: Final = Path(__file__).resolve().parents[2] / "migrations"
CHAINS: Final = ("intake", "research", "keystore")
_VERSION_TABLE: Final = "alembic_version"


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


def current(engine: Engine) -> str | None:
    """The revision a database is at; None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(_VERSION_TABLE):
            return None
        revision: str | None = connection.execute(
            text(f"SELECT version_num FROM {_VERSION_TABLE}")  # noqa: S608 - no part is from outside
        ).scalar_one_or_none()
    return revision


def is_current(engine: Engine, chain: str) -> bool:
    """Whether a database is at the chain's last revision."""
    return current(engine) == revisions(chain)[-1]

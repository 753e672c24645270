"""Migrations: one numbered Alembic chain for each store, run by our own commands."""

from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

_FOLDER: Final = Path(__file__).resolve().parents[2] / "migrations"
CHAINS: Final = ("intake", "research", "keystore")


def _config(chain: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER / chain))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(engine: Engine, chain: str, revision: str = "head") -> None:
    """Brings a database forward to a revision."""
    config = _config(chain)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()


def downgrade(engine: Engine, chain: str, revision: str) -> None:
    """Brings a database back to a revision (`base`: before the first)."""
    config = _config(chain)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        connection.commit()


@cache
def revisions(chain: str) -> list[str]:
    """The chain's revisions, oldest first."""
    script = ScriptDirectory.from_config(_config(chain))
    return [entry.revision for entry in reversed([*script.walk_revisions()])]


def current(engine: Engine) -> str | None:
    """The revision a database is at; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(engine: Engine, chain: str) -> bool:
    """Whether a database is at the chain's last revision."""
    return current(engine) == revisions(chain)[-1]

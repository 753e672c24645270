"""Fresh stores for a test: migrated once in a run, copied whenever one is asked for."""

import contextlib
import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal, NamedTuple

from app.core.database import Database
from app.core.migrations import CHAINS, upgrade
from tests import session
from tests.postgres import create_database, drop_database

Backend = Literal["sqlite", "postgresql"]
BACKENDS: Final[tuple[Backend, ...]] = ("sqlite", "postgresql")
_numbers: Final = itertools.count()


class Stores(NamedTuple):
    """The addresses of an installation's three stores."""

    intake: str
    research: str
    keystore: str


@contextlib.contextmanager
def fresh_stores(backend: Backend, folder: Path) -> Iterator[Stores]:
    """Three migrated, empty stores; SQLite's files lie in `folder` and stay, PostgreSQL's are dropped afterwards."""
    if backend == "sqlite":
        yield _copied_files(folder)
        return
    with contextlib.ExitStack() as stack:
        yield Stores(*(stack.enter_context(_copied_database(chain)) for chain in CHAINS))


@contextlib.contextmanager
def empty_database(backend: Backend, folder: Path) -> Iterator[str]:
    """A database without a table, for tests of the migrations themselves."""
    if backend == "sqlite":
        yield _file_url(folder / f"empty{next(_numbers)}.db")
        return
    with _own_database("empty", template=None) as url:
        yield url


def _copied_files(folder: Path) -> Stores:
    templates = session.folder() / "sqlite"
    with session.exclusively():
        if not templates.exists():
            making = templates.with_name("sqlite-making")
            making.mkdir()
            for chain in CHAINS:
                _migrate(_file_url(making / f"{chain}.db"), chain)
            making.rename(templates)
    for chain in CHAINS:
        shutil.copyfile(templates / f"{chain}.db", folder / f"{chain}.db")
    return Stores(*(_file_url(folder / f"{chain}.db") for chain in CHAINS))


def _file_url(path: Path) -> str:
    return f"sqlite:///{path}"


@contextlib.contextmanager
def _copied_database(chain: str) -> Iterator[str]:
    with session.exclusively():
        admin_url = session.postgres_url()
        template, made = f"{session.database_prefix()}_{chain}", session.folder() / f"{chain}-template-made"
        if not made.exists():
            _migrate(create_database(admin_url, template), chain)
            made.touch()
    with _own_database(chain, template=template) as url:
        yield url


@contextlib.contextmanager
def _own_database(kind: str, *, template: str | None) -> Iterator[str]:
    with session.exclusively():
        admin_url = session.postgres_url()
    name = f"{session.database_prefix()}_{kind}_{os.getpid()}_{next(_numbers)}"
    try:
        yield create_database(admin_url, name, template=template)
    finally:
        drop_database(admin_url, name)


def _migrate(url: str, chain: str) -> None:
    database = Database(url)
    upgrade(database.engine, chain)
    database.close()

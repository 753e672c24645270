"""Fresh stores for a test: migrated once in a run, copied for each test, or emptied after another."""

import contextlib
import itertools
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal, NamedTuple

import psycopg

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
    """Three migrated, empty stores; SQLite's files lie in `folder` and stay, PostgreSQL's are emptied afterwards."""
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
    with _own_database("empty") as url:
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


class _Copy(NamedTuple):
    """A database of this process, how its schema looked when it was new, and a way in that is kept open."""

    url: str
    name: str
    schema: str
    connection: psycopg.Connection


# Copies that their tests have given back, as good as new: emptying one takes a tenth of the time of making one.
_idle: Final[dict[str, list[_Copy]]] = defaultdict(list)


@contextlib.contextmanager
def _copied_database(chain: str) -> Iterator[str]:
    copy = _idle[chain].pop() if _idle[chain] else _new_copy(chain)
    try:
        yield copy.url
    finally:
        # A test that changed the schema leaves nothing to build on.
        if _emptied(copy):
            _idle[chain].append(copy)
        else:
            copy.connection.close()
            _drop(copy.name)


def _new_copy(chain: str) -> _Copy:
    with session.exclusively():
        admin_url = session.postgres_url()
        template, made = f"{session.database_prefix()}_{chain}", session.folder() / f"{chain}-template-made"
        if not made.exists():
            _migrate(create_database(admin_url, template), chain)
            made.touch()
    name = _new_name(chain)
    url = create_database(admin_url, name, template=template)
    connection = psycopg.connect(url, autocommit=True)
    connection.execute("SET lock_timeout = '10s'")
    return _Copy(url, name, _schema_of(connection), connection)


def _emptied(copy: _Copy) -> bool:
    """Whether the database is empty now and its schema the one it had when it was new."""
    try:
        # Whoever is still there has been killed or has forgotten to leave.
        copy.connection.execute(_END_OTHERS)
        if _schema_of(copy.connection) != copy.schema:
            return False
        copy.connection.execute(_EMPTY)
    except psycopg.Error:
        return False
    return True


def _schema_of(connection: psycopg.Connection) -> str:
    row = connection.execute(_SCHEMA).fetchone()
    assert row is not None
    return str(row[0])


_END_OTHERS: Final = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# Every change of a definition writes a new version of its row, which has another xmin.
_SCHEMA: Final = """
SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM (
  SELECT concat_ws(' ', oid, relname, relkind, relowner, relacl, reloptions) AS line FROM pg_class
    WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', attrelid, attnum, pg_attribute.xmin) FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', oid, xmin) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', oid, xmin) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', oid, xmin) FROM pg_type WHERE typnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', pg_trigger.oid, pg_trigger.xmin) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT concat_ws(' ', oid, xmin) FROM pg_namespace
  UNION ALL SELECT concat_ws(' ', oid, xmin) FROM pg_default_acl
  UNION ALL SELECT concat_ws(' ', setrole, setconfig) FROM pg_db_role_setting
    JOIN pg_database ON pg_database.oid = setdatabase WHERE datname = current_database()
  UNION ALL SELECT concat_ws(' ', oid, datacl, datconnlimit) FROM pg_database WHERE datname = current_database()
  UNION ALL SELECT version_num FROM alembic_version
) AS lines
"""
_EMPTY: Final = """
DO $$
DECLARE
  one regclass;
  is_used boolean;
  used text[] := '{}';
BEGIN
  FOR one IN
    SELECT oid FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO is_used;
    IF is_used THEN used := used || one::text; END IF;
  END LOOP;
  IF used <> '{}' THEN EXECUTE 'TRUNCATE ' || array_to_string(used, ', ') || ' RESTART IDENTITY CASCADE'; END IF;
END $$
"""


@contextlib.contextmanager
def _own_database(kind: str) -> Iterator[str]:
    with session.exclusively():
        admin_url = session.postgres_url()
    name = _new_name(kind)
    try:
        yield create_database(admin_url, name)
    finally:
        _drop(name)


def _new_name(kind: str) -> str:
    return f"{session.database_prefix()}_{kind}_{os.getpid()}_{next(_numbers)}"


def _drop(name: str) -> None:
    with session.exclusively():
        admin_url = session.postgres_url()
    drop_database(admin_url, name)


def _migrate(url: str, chain: str) -> None:
    database = Database(url)
    upgrade(database.engine, chain)
    database.close()

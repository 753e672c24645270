"""What a database is made of, read from its own catalogue, so that two databases can be compared."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, inspect, text

from app.core.database import Database

# Alembic's own note of where a database stands.
VERSION_TABLE = "alembic_version"

# Columns by their place among those that are there: a number that a dropped one had is not given again.
_POSTGRES = {
    "columns": """
        SELECT c.relname, a.attname, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum),
               format_type(a.atttypid, a.atttypmod), a.attnotnull,
               pg_get_expr(d.adbin, d.adrelid)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND a.attnum > 0 AND NOT a.attisdropped""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
}
_SQLITE = {
    "tables": "SELECT name, ncol, wr, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'",
    "columns": """
        SELECT t.name, c.name, c.cid, c.type, c."notnull", c.dflt_value, c.pk
        FROM pragma_table_list t, pragma_table_xinfo(t.name) c WHERE t.schema = 'main' AND t.type = 'table'""",
    "indexes": """
        SELECT t.name, i.name, i."unique", i.origin, i.partial, s.sql
        FROM pragma_table_list t, pragma_index_list(t.name) i
        LEFT JOIN sqlite_schema s ON s.name = i.name WHERE t.schema = 'main'""",
}


@contextmanager
def store_of(engine: Engine) -> Iterator[Database]:
    """The same database, as the application opens it."""
    database = Database(engine.url.render_as_string(hide_password=False))
    yield database
    database.close()


def structure(engine: Engine) -> dict[str, set[tuple[Any, ...]]]:
    """Columns, constraints and indexes of every table but Alembic's own."""
    questions = _SQLITE if engine.dialect.name == "sqlite" else _POSTGRES
    found: dict[str, set[tuple[Any, ...]]] = {}
    with engine.connect() as connection:
        for kind, question in questions.items():
            rows = connection.execute(text(question))
            found[kind] = {
                tuple(_plain(value) for value in row)
                for row in rows
                if row[0] != VERSION_TABLE and not str(row[0]).startswith("sqlite_")
            }
    if engine.dialect.name == "sqlite":
        # They stand in the table's own text alone, in an order without meaning.
        found["checks"] = set(_sqlite_checks(engine))
    return found


def _sqlite_checks(engine: Engine) -> Iterator[tuple[Any, ...]]:
    inspector = inspect(engine)
    for table in inspector.get_table_names():
        for check in inspector.get_check_constraints(table):
            yield table, check["name"], _plain(check["sqltext"])


def _plain(value: Any) -> Any:
    """Text without its layout and quotes, which carry no meaning here."""
    if not isinstance(value, str):
        return value
    return " ".join(
        value.replace('"', "").replace("(", " ( ").replace(")", " ) ").replace(",", " , ").split()
    )


def tables(engine: Engine) -> set[str]:
    """Names of the tables, Alembic's own left out."""
    return {str(row[0]) for row in structure(engine)["columns"]}


def opened(url: str) -> Engine:
    """An engine as the service makes it."""
    return Database(url).engine

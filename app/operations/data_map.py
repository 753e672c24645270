"""The data map: every column with how private it is, every table with how long its rows live."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import MetaData, Table

from app.core.tables import Privacy, Retention, intake, keystore, research

_ZONES: Final = (
    ("Intake", intake, "Knows pseudonymous persons. Content is ciphertext under the person's data key."),
    ("Research", research, "Knows no person. What people wrote is ciphertext under the record's data key."),
    ("Key store", keystore, "Wrapped data keys, without history; never part of a data backup."),
)
_LEVELS: Final = {
    Privacy.OPERATIONAL: "settings, states, versions, counts, model names; nothing about a person",
    Privacy.TIMED: "when something happened to somebody; never leaves intake",
    Privacy.PSEUDONYM: "stands for a person, key, project or conversation; useless without the pseudonym key",
    Privacy.CHOICE: "what a person chose, tied to them only through the row's pseudonym",
    Privacy.SEALED: "ciphertext; useless without its key",
    Privacy.DIGEST: "a keyed or high-entropy hash of a secret",
    Privacy.DEIDENTIFIED: "coarse, disconnected facts that an export may show",
    Privacy.STAFF: "about somebody who works with Pairvote",
}


def data_map() -> str:
    """The map as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Data map"
    yield ""
    yield "Made from the tables' own declarations by `flask docs data-map`; a test keeps it true."
    yield ""
    yield "| level | a reader of the column learns |"
    yield "|---|---|"
    for level, meaning in _LEVELS.items():
        yield f"| `{level.value}` | {meaning} |"
    for title, metadata, sentence in _ZONES:
        yield ""
        yield f"## {title}"
        yield ""
        yield sentence
        yield from _tables(metadata)


def _tables(metadata: MetaData) -> Iterator[str]:
    for table in sorted(metadata.tables.values(), key=lambda each: each.name):
        yield ""
        yield f"### `{table.name}`"
        yield ""
        retention: Retention = table.info["retention"]
        period = f" ({retention.days} days after `{retention.clock_column}`)" if retention.days else ""
        yield f"Kept: {retention.rule}{period}"
        yield ""
        yield "| level | columns |"
        yield "|---|---|"
        yield from _levels(table)


def _levels(table: Table) -> Iterator[str]:
    for level in Privacy:
        names = [f"`{column.name}`" for column in table.columns if column.info["privacy"] is level]
        if names:
            yield f"| `{level.value}` | {', '.join(names)} |"

"""What must hold before Pairvote serves; each refusal is a sentence that says what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from psycopg.errors import InsufficientPrivilege

from app.core import migrations
from app.core.database import Database
from app.core.errors import StartRefused, StorageUnavailable
from app.operations.installation import Installation
from app.privacy import key_checks
from app.privacy.data_keys import KEY_ID_BYTES
from app.privacy.keyring import load_or_create

_CHECK_TABLES: Final = {
    "intake": key_checks.INTAKE,
    "research": key_checks.RESEARCH,
    "keystore": key_checks.KEYSTORE,
}
_SETTINGS: Final = {
    "intake": "PAIRVOTE_DATABASE_URL",
    "research": "PAIRVOTE_RESEARCH_URL",
    "keystore": "PAIRVOTE_KEYSTORE_URL",
}
# No key has this id: comparisons' and uploads' begin with a time, records' and persons' are random.
_NO_KEY: Final = bytes(KEY_ID_BYTES)


def prepare_data(installation: Installation) -> None:
    """Makes the data folder and, where there is no data yet, a new key ring. StartRefused if the ring was lost."""
    settings = installation.settings
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = Path(settings.keyring)
    if settings.keyring_text or path.exists():
        return
    written = [place for place, database in installation.databases().items() if _has_keys(database, place)]
    if written:
        raise StartRefused(
            f"There is no key ring at {path}, but the {written[0]} database was written with one. "
            "Restore the key ring from its backup, or set PAIRVOTE_KEYRING to where it is."
        )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    load_or_create(path, at=installation.clock())


def _has_keys(database: Database, place: str) -> bool:
    if database.is_sqlite and not Path(database.url.database or "").exists():
        return False
    check_reachable(place, database)
    if migrations.current(database) is None:
        return False
    with database.read() as tx:
        return bool(key_checks.list_key_checks(tx, _CHECK_TABLES[place]))


def migrate(installation: Installation) -> None:
    """Brings every database of this process to the newest schema."""
    _check_urls(installation)
    stores = installation.databases()
    # All of them before the first changes: a refusal leaves nothing half done.
    for place, database in stores.items():
        check_reachable(place, database)
    for place, database in stores.items():
        migrations.upgrade(database.engine, place)


def check_start(installation: Installation) -> None:
    """Raises StartRefused unless this process may serve."""
    _check_urls(installation)
    stores = installation.databases()
    for place, database in stores.items():
        check_reachable(place, database)
        with _refusing_without_rights(place):
            is_current = migrations.is_current(database, place)
        if not is_current:
            raise StartRefused(
                f"The {place} database has a pending migration. Run `flask db upgrade`, "
                "or start with `flask serve --migrate`."
            )
    keyring = installation.keyring
    for place, database in stores.items():
        table = _CHECK_TABLES[place]
        with _refusing_without_rights(place):
            database.write(
                lambda tx, table=table, place=place: key_checks.check_keyring(  # type: ignore[misc]
                    tx, table, keyring=keyring, place=f"the {place} database"
                )
            )
    _check_data_keys(installation)
    if installation.settings.role.serves_research:
        _ = installation.export_store


def _check_data_keys(installation: Installation) -> None:
    """Each zone's keys are a table of their own, which an operator gives to one database user or another."""
    role = installation.settings.role
    with _refusing_without_rights("keystore"):
        if role.serves_intake:
            installation.intake.data_keys.find(_NO_KEY)
        if role.serves_research:
            installation.record_keys.find(_NO_KEY)


@contextmanager
def _refusing_without_rights(place: str) -> Iterator[None]:
    try:
        yield
    except InsufficientPrivilege as error:
        raise StartRefused(
            f"The user in {_SETTINGS[place]} lacks rights in the {place} database ({error.diag.message_primary}). "
            "Grant what docs/operate.md lists."
        ) from None


def _check_urls(installation: Installation) -> None:
    """Zones in one database would not be zones."""
    urls = {place: str(database.url) for place, database in installation.databases().items()}
    if len(set(urls.values())) != len(urls):
        names = ", ".join(_SETTINGS[place] for place in urls)
        raise StartRefused(f"{names} must be different databases.")


def check_reachable(place: str, database: Database) -> None:
    """Raises StartRefused unless the database can be opened and takes every text."""
    try:
        encoding = database.open()
    except StorageUnavailable as error:
        kind = type(error.__cause__).__name__
        raise StartRefused(
            f"The {place} database cannot be opened ({kind}). Check {_SETTINGS[place]} and that the database runs."
        ) from None
    if encoding != "UTF8":
        raise StartRefused(
            f"The {place} database has the encoding {encoding}. Create it anew with UTF8: "
            "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0."
        )

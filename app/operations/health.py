"""The health check: a durable write to each store and a turn of the keys."""

import secrets
import threading
from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import BigInteger, Integer, MetaData, Table

from app.core.database import Database
from app.core.errors import StorageUnavailable
from app.core.statements import insert_or_update
from app.core.tables import Privacy, Retention, column, intake, keystore, research, table
from app.core.turns import WAITING
from app.privacy.keyring import Keyring
from app.privacy.sealing import DataKey, seal, unseal

_FRESH_SECONDS: Final = 1.0


def _heartbeats(metadata: MetaData) -> Table:
    return table(
        "heartbeats",
        metadata,
        column("id", Integer, privacy=Privacy.OPERATIONAL, primary_key=True, autoincrement=False),
        column("at", BigInteger, privacy=Privacy.OPERATIONAL),
        retention=Retention("One row, overwritten by each health check."),
    )


_BEATS: Final = {
    "intake": insert_or_update(_heartbeats(intake), keys=["id"], update=["at"]),
    "research": insert_or_update(_heartbeats(research), keys=["id"], update=["at"]),
    "keystore": insert_or_update(_heartbeats(keystore), keys=["id"], update=["at"]),
}


class HealthCheck:
    """Checks the stores and keys of one installation; at most once a second, however often it is asked."""

    def __init__(
        self, stores: Mapping[str, Database], keyring: Keyring, *, monotonic: Callable[[], float]
    ) -> None:
        self._stores = stores
        self._keyring = keyring
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._fresh_until = float("-inf")
        self._checks: dict[str, str] = {}

    def run(self, at: int) -> dict[str, str]:
        """The state of each check, by name: `ok` or `unavailable`."""
        # The lock is held across commits: who waits for it must not keep others from computing meanwhile.
        with WAITING, self._lock:
            if self._monotonic() >= self._fresh_until:
                self._checks = {name: _write(store, name, at) for name, store in self._stores.items()}
                self._checks["keys"] = _turn(self._keyring)
                self._fresh_until = self._monotonic() + _FRESH_SECONDS
            return self._checks


def _write(database: Database, place: str, at: int) -> str:
    try:
        database.write(lambda tx: tx.run(_BEATS[place], id=1, at=at))
    except StorageUnavailable:
        return "unavailable"
    return "ok"


def _turn(keyring: Keyring) -> str:
    """The ring is read and opened at start; what can still fail is the cipher itself."""
    key, text = DataKey(secrets.token_bytes(32)), secrets.token_bytes(32)
    held = keyring.check_values()
    good = held and unseal(key, seal(key, text, bound_to=b"health"), bound_to=b"health") == text
    return "ok" if good else "unavailable"

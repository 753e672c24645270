"""What is erased cannot be read: from no file of the databases, with the key store as it is today, whatever died."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.settings import Settings
from app.disconnection.erasures.models import ErasureScope
from app.operations.installation import Installation
from app.privacy.data_keys import DataKeys
from app.privacy.keyring import Keyring, Purpose
from app.privacy.rotation import retire_key, rewrap_all, rotate_key
from tests.attacks.interleaving import Life
from tests.attacks.recovery import Loot, files_of, loot
from tests.disconnection.test_records_of_votes import NOON
from tests.disconnection.voting import Booth
from tests.stores import Backend, Stores, fresh_stores


@pytest.fixture
def stores(backend: Backend, tmp_path: Path) -> Iterator[Stores]:
    """The data where the test wants them; the key store in the file that is made for it."""
    with fresh_stores(backend, tmp_path) as made, fresh_stores("sqlite", tmp_path) as files:
        yield made._replace(keystore=files.keystore)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Without a model for names: what is found in a text does not matter here."""
    return replace(settings, name_models="off")


def _looted(life: Life) -> Loot:
    here = life.here
    urls = (here.settings.database_url, here.settings.research_url, here.settings.keystore_url)
    gone = life.gone()
    assert gone
    return loot(files_of(*urls), Keyring.load_file(here.settings.keyring), life.witness, gone)


def _lived(here: Installation, seed: int, *, steps: int, kills: bool = True) -> Life:
    life = Life(Booth(here, workspace_id=seed.to_bytes(16, "big")), random.Random(seed), NOON, kills=kills)
    life.vote()
    life.live(steps)
    return life


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_recovered_after_a_random_life(installation: Installation, seed: int) -> None:
    life = _lived(installation, seed, steps=15)
    life.erase()
    life.end()
    found = _looted(life)
    assert (found.recovered_bytes, found.recovered) == (0, [])


@pytest.mark.drill
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("seed", range(100, 200))
def test_nothing_is_recovered_after_many_random_lives(
    installation: Installation, seed: int, record_property: Callable[[str, object], None]
) -> None:
    life = _lived(installation, seed, steps=15)
    found = _looted(life)
    for name, value in (
        ("gone", len(life.gone())),
        ("surviving", found.surviving),
        ("recovered_bytes", found.recovered_bytes),
        ("carved_keys", found.carved_keys),
        ("erased", len(life.erased_at)),
    ):
        record_property(name, value)
    assert (found.recovered_bytes, found.recovered) == (0, [])


def test_a_key_that_is_left_is_found(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search works: it reads what lives, and what somebody forgot to destroy."""
    life = Life(Booth(installation), random.Random(7), NOON)
    life.booth.vote(life.at, account="anna", comment="kept")
    alive = life.witness.look(installation)
    settings = installation.settings
    urls = (settings.database_url, settings.research_url, settings.keystore_url)
    found = loot(files_of(*urls), Keyring.load_file(settings.keyring), life.witness, alive)
    assert len(found.recovered) == len(alive) == found.surviving == 3
    monkeypatch.setattr(DataKeys, "destroy", lambda *_: None)
    voted = life.booth.vote(life.at + 1, account="anna", comment="to go")
    life.witness.look(installation)
    life._erase(installation, person=voted.person, scope=ErasureScope.PERSON)
    life.erased_at[voted.person] = life.witness.step
    assert _looted(life).recovered_bytes > 0


def test_a_key_store_on_a_server_keeps_destroyed_keys_until_its_master_key_is_retired(
    tmp_path: Path, installation: Installation, backend: Backend
) -> None:
    """PostgreSQL keeps deleted rows in its log. They open nothing once the key that wraps them is gone."""
    if backend == "sqlite":
        pytest.skip("a file of its own keeps nothing")
    with fresh_stores("postgresql", tmp_path) as servers:
        settings = replace(installation.settings, keystore_url=servers.keystore)
        here = Installation(settings, installation.clock)
        life = Life(Booth(here), random.Random(7), NOON)
        voted = life.booth.vote(life.at, account="anna", comment="to go")
        life.witness.look(here)
        life._erase(here, person=voted.person, scope=ErasureScope.PERSON)
        life.erased_at[voted.person] = life.witness.step
        assert len(_looted(life).recovered) == 3
        path = Path(settings.keyring)
        rotate_key(path, Purpose.CONTENT, at=life.at)
        here.close()
        here.__dict__.clear()
        here.settings, here.clock = settings, installation.clock
        rewrap_all(here.intake.data_keys.rewrap, batch=100, progress=lambda _: None)
        retire_key(path, Purpose.CONTENT, 1, in_use=here.intake.data_keys.count_by_version)
        found = _looted(life)
        assert (found.recovered_bytes, found.recovered) == (0, [])
        here.close()

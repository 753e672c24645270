"""Settings: read once, odd values stop the start with a sentence that names the variable."""

from pathlib import Path

import pytest

from app.core.errors import StartRefused
from app.core.settings import Role, Settings


def test_defaults_suit_one_machine(tmp_path: Path) -> None:
    settings = Settings.from_env({"PAIRVOTE_DATA": str(tmp_path), "HOME": "/x"})
    assert settings.database_url == f"sqlite:///{tmp_path / 'intake.db'}"
    assert settings.role is Role.ALL
    assert settings.address == ("127.0.0.1", 8000)


def test_an_empty_value_is_the_default() -> None:
    assert Settings.from_env({"PAIRVOTE_UNDO_SECONDS": ""}).undo_seconds == 900


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PAIRVOTE_ROLE", "king"),
        ("PAIRVOTE_UNDO_SECONDS", "soon"),
        ("PAIRVOTE_UNDO_SECONDS", "-1"),
        ("PAIRVOTE_UNDO_SECONDS", "86401"),
        ("PAIRVOTE_TICKET_SECONDS", "0"),
        ("PAIRVOTE_BIND", "8000"),
        ("PAIRVOTE_BIND", "127.0.0.1:99999"),
        ("PAIRVOTE_DATABASE_URL", "mysql://x/y"),
        ("PAIRVOTE_DATABASE_URL", "nonsense"),
        ("PAIRVOTE_JOBS", "maybe"),
        ("PAIRVOTE_LOG_LEVEL", "loud"),
        ("PAIRVOTE_UNDO_SECOND", "10"),
    ],
)
def test_an_odd_value_stops_the_start_and_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(StartRefused, match=name):
        Settings.from_env({name: value})


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(StartRefused) as refused:
        Settings.from_env({"PAIRVOTE_DATABASE_URL": "mysql://u:hunter2@h/d"})
    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in repr(Settings(database_url="postgresql://u:hunter2@h/d"))


def test_an_ipv6_address_loses_its_brackets() -> None:
    assert Settings(bind="[::1]:8000").address == ("::1", 8000)

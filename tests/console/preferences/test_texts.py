"""The settings page says everything in every language it speaks, with the same gaps."""

import re
from pathlib import Path
from typing import Final

import pytest

from app.access.workspaces.models import SharingLevel
from app.console.preferences.texts import TEXTS
from app.core.languages import LANGUAGES
from app.disconnection.erasures.models import ErasureScope, ErasureState, StepName
from app.intake.consents.models import ConsentAsk, ConsentSource
from tests.invariants.source import ROOT

_FOLDER: Final = ROOT / "app/console"
_SOURCES: Final = "\n".join(
    path.read_text("utf-8")
    for path in (*_FOLDER.glob("templates/preferences*.html"), *_FOLDER.glob("preferences/*.py"))
)
# Names that a page puts together from what it shows.
_MADE: Final = {
    *(f"report_{scope}_{state}" for scope in ErasureScope for state in ErasureState),
    *(f"report_{state}" for state in ErasureState),
    *(f"step_{name}" for name in (*StepName, "open", "done")),
    *(f"remains_{what}" for what in ("exports", "backups", "key_store", "receipts", "reports", "wishes")),
    *(f"limit_{scope}_{level}" for scope in ("workspace", "project") for level in ("off", "vote_only")),
    *(f"conversation_{level}" for level in ("off", "vote_only")),
    *(f"by_{source}" for source in ConsentSource),
    *(f"ask_{ask}" for ask in ConsentAsk if ask is not ConsentAsk.LATER),
    *(f"{what}_{part}" for what in ("closed", "refused", "unavailable") for part in ("title", "text")),
    *(level for level in SharingLevel if level is not SharingLevel.OFF),
    "name",
    "saved",
    "saved_off",
    "undone",
    "unmuted",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything_with_the_same_gaps(language: str) -> None:
    said, english = TEXTS[language], TEXTS["en"]
    assert list(said) == list(english)
    for name, text in said.items():
        assert text.strip() == text != "", name
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", english[name])), name
    if language != "en":
        assert [name for name in said if said[name] == english[name] and len(said[name]) > 15] == []


def test_no_language_and_no_text_lies_unused() -> None:
    assert {path.stem for path in Path(_FOLDER / "preferences/texts").glob("*.json")} == set(LANGUAGES)
    named = {name for name in TEXTS["en"] if re.search(rf"\"{name}\"", _SOURCES)}
    assert set(TEXTS["en"]) - named - _MADE == set()
    assert set(TEXTS["en"]) >= _MADE

"""What a document's placeholders stand for: what the workspace is set to, in the reader's language."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from app.access.workspaces.models import SharingLevel, Workspace
from app.core.languages import FALLBACK
from app.core.settings import Settings

_PLACEHOLDER: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")

# Each is the object of "researchers get …".
_SHARING: Final[Mapping[SharingLevel, Mapping[str, str]]] = {
    SharingLevel.VOTE_AND_CONTENT: {
        "en": "your vote together with this conversation and both answers",
        "de": "Ihre Stimme zusammen mit dieser Unterhaltung und beiden Antworten",
        "fr": "votre vote avec cette conversation et les deux réponses",
        "es": "su voto junto con esta conversación y las dos respuestas",
        "ar": "تصويتك مع هذه المحادثة والإجابتين",
        "ja": "あなたの投票と、この会話および両方の回答",
    },
    SharingLevel.VOTE_ONLY: {
        "en": "your vote alone, without any text",
        "de": "nur Ihre Stimme, ohne jeden Text",
        "fr": "votre vote seul, sans aucun texte",
        "es": "solo su voto, sin ningún texto",
        "ar": "تصويتك وحده دون أي نص",
        "ja": "文章を含まない、あなたの投票だけ",
    },
    SharingLevel.OFF: {
        "en": "nothing",
        "de": "nichts",
        "fr": "rien",
        "es": "nada",
        "ar": "لا شيء",
        "ja": "何もない状態",
    },
}
# One, more; in Arabic one, two, 3 to 10, 11 and more.
_UNITS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "second": {
        "en": ("{} second", "{} seconds"),
        "de": ("{} Sekunde", "{} Sekunden"),
        "fr": ("{} seconde", "{} secondes"),
        "es": ("{} segundo", "{} segundos"),
        "ar": ("ثانية واحدة", "ثانيتين", "{} ثوانٍ", "{} ثانية"),
        "ja": ("{}秒", "{}秒"),
    },
    "minute": {
        "en": ("{} minute", "{} minutes"),
        "de": ("{} Minute", "{} Minuten"),
        "fr": ("{} minute", "{} minutes"),
        "es": ("{} minuto", "{} minutos"),
        "ar": ("دقيقة واحدة", "دقيقتين", "{} دقائق", "{} دقيقة"),
        "ja": ("{}分", "{}分"),
    },
    "hour": {
        "en": ("{} hour", "{} hours"),
        "de": ("{} Stunde", "{} Stunden"),
        "fr": ("{} heure", "{} heures"),
        "es": ("{} hora", "{} horas"),
        "ar": ("ساعة واحدة", "ساعتين", "{} ساعات", "{} ساعة"),
        "ja": ("{}時間", "{}時間"),
    },
    "day": {
        "en": ("{} day", "{} days"),
        "de": ("{} Tag", "{} Tage"),
        "fr": ("{} jour", "{} jours"),
        "es": ("{} día", "{} días"),
        "ar": ("يوم واحد", "يومين", "{} أيام", "{} يومًا"),
        "ja": ("{}日", "{}日"),
    },
}
_SECONDS: Final = (("hour", 3600), ("minute", 60), ("second", 1))


class Figures(NamedTuple):
    """What a workspace is set to, as far as documents state it."""

    age_limit: int
    sharing: SharingLevel
    undo_seconds: int
    retention_days: int


def figures_of(settings: Settings, workspace: Workspace) -> Figures:
    """What holds for a workspace now."""
    options = workspace.options
    undo = settings.undo_seconds if options.undo_seconds is None else options.undo_seconds
    return Figures(options.age_limit, options.sharing, undo, settings.intake_days)


def values_of(figures: Figures, language: str) -> dict[str, str]:
    """What each placeholder stands for in a language."""
    return {
        "age_limit": str(figures.age_limit),
        "sharing": _SHARING[figures.sharing].get(language, _SHARING[figures.sharing][FALLBACK]),
        "undo": _duration(figures.undo_seconds, language),
        "retention": _count("day", figures.retention_days, language),
    }


PLACEHOLDERS: Final = frozenset(("age_limit", "sharing", "undo", "retention"))


def unknown_placeholders(markdown: str) -> list[str]:
    """The placeholders that stand for nothing, in order, each once."""
    return [name for name in dict.fromkeys(_PLACEHOLDER.findall(markdown)) if name not in PLACEHOLDERS]


@lru_cache(maxsize=1024)
def filled(markdown: str, figures: Figures, language: str) -> str:
    """The text as a person reads it: each placeholder replaced by what the workspace is set to."""
    values = values_of(figures, language)
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), markdown)


def _duration(seconds: int, language: str) -> str:
    """In the largest unit that it is a whole number of."""
    for unit, size in _SECONDS:
        if seconds >= size and seconds % size == 0:
            return _count(unit, seconds // size, language)
    return _count("second", seconds, language)


def _count(unit: str, number: int, language: str) -> str:
    forms = _UNITS[unit].get(language, _UNITS[unit][FALLBACK])
    if len(forms) == 2:
        return forms[int(number != 1 and not (language == "fr" and number == 0))].format(number)
    return forms[_arabic_form(number)].format(number)


def _arabic_form(number: int) -> int:
    if number in (1, 2):
        return number - 1
    return 2 if 3 <= number % 100 <= 10 else 3

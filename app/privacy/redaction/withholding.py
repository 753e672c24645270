"""A conversation's redaction from its texts to the redacted ones, or the reason why they must be withheld."""

import enum
import hashlib
import importlib.util
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from app.core.clock import monotonic
from app.core.errors import StartRefused
from app.privacy.redaction.plugins import Plugins
from app.privacy.redaction.spans import Span
from app.privacy.redaction.version import RULES_VERSION

_OFF: Final = "off"
_MOST_CHARACTERS: Final = 2_000_000
_VERSION_CHARACTERS: Final = 60
_DIGEST_CHARACTERS: Final = 8


class WithheldReason(enum.StrEnum):
    """Why a conversation's text, or an upload, stays behind; the vote goes without it."""

    LANGUAGE = "withheld_language"
    """It is, in part, in a language whose names no model knows."""
    UPLOAD = "withheld_upload"
    """A picture, a sound or a file, which nothing here looks into; the text goes without it."""
    TIMED_OUT = "withheld_timed_out"
    """Looking through it took longer than allowed."""
    FAILED = "redaction_failed"
    """A detector crashed on it."""


class Withheld(Exception):
    """The text must not pass."""

    def __init__(self, reason: WithheldReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class RedactedTexts(NamedTuple):
    """The texts with placeholders, and how many of each kind."""

    texts: list[str]
    counts: dict[str, int]


class Redaction:
    """How this installation redacts: a model for each language that may pass, and how long a conversation may take."""

    def __init__(
        self,
        models: Mapping[str, str],
        *,
        plugins: Plugins | None = None,
        most_seconds: float,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._models = models
        self._plugins = plugins or Plugins()
        self._most_seconds = most_seconds
        self._clock = clock

    @classmethod
    def from_setting(cls, models: str, *, plugins: str = "", most_seconds: float) -> "Redaction":
        """From `en=MODEL, de=MODEL`, or `off` for patterns alone, and the plug-ins' names. StartRefused if odd."""
        parsed = parse_models(models)
        return cls(parsed, plugins=Plugins.from_setting(plugins, parsed), most_seconds=most_seconds)

    @property
    def models(self) -> Mapping[str, str]:
        """The model of each language that may pass; none where patterns alone look."""
        return self._models

    @property
    def plugins(self) -> Plugins:
        """The detectors of others."""
        return self._plugins

    @property
    def recognizes_names(self) -> bool:
        """Whether a model looks for names, or patterns alone have to do."""
        return bool(self._models)

    @property
    def version(self) -> str:
        """What a record says it was redacted by: the rules, and the models and plug-ins of this installation."""
        models = "+".join(model.rsplit("/", 1)[-1] for model in self._models.values())
        parts = [RULES_VERSION, models, *self._plugins.versions]
        whole = "/".join(part for part in parts if part)
        if len(whole) <= _VERSION_CHARACTERS:
            return whole
        # Two that differ at their ends alone must not look the same.
        digest = hashlib.sha256(whole.encode()).hexdigest()[:_DIGEST_CHARACTERS]
        return f"{whole[: _VERSION_CHARACTERS - _DIGEST_CHARACTERS - 1]}~{digest}"

    def check_models(self) -> None:
        """StartRefused where a model or a plug-in is not installed. Loads none."""
        for model in self._models.values():
            if not (Path(model) / "meta.json").is_file() and importlib.util.find_spec(model) is None:
                raise StartRefused(
                    f"PAIRVOTE_NAME_MODELS names {model}, which is neither an installed package nor a model's folder."
                )

        self._plugins.check()

    def redact(self, texts: Sequence[str], *, cleared: Collection[str] = ()) -> RedactedTexts:
        """The texts of one conversation, redacted. Withheld when they must not pass.

        `cleared` are passages that a person has found to be no detail. StartRefused when a model cannot be loaded:
        that says nothing of the text, which waits until it can.
        """
        # All rules and their tables: no process but the one that redacts has a use for them.
        from app.privacy.redaction.recognition import load_recognizer  # noqa: PLC0415
        from app.privacy.redaction.redactor import ConversationRedactor  # noqa: PLC0415

        def check() -> None:
            if self._clock() > deadline:
                raise Withheld(WithheldReason.TIMED_OUT)

        if sum(map(len, texts)) > _MOST_CHARACTERS:
            raise Withheld(WithheldReason.TIMED_OUT)
        languages = self._languages(texts)
        recognizers = [load_recognizer(self._models[language]) for language in languages]
        self._plugins.load()
        deadline = self._clock() + self._most_seconds

        def ask_plugins(texts: Sequence[str]) -> list[list[Span]]:
            try:
                return self._plugins.find_all(texts, languages, seconds=deadline - self._clock())
            except TimeoutError:
                raise Withheld(WithheldReason.TIMED_OUT) from None

        redactor = ConversationRedactor(
            recognizers, cleared=cleared, find_more=ask_plugins if self._plugins else None, check=check
        )
        redacted = redactor.redact_all(texts)
        check()
        return RedactedTexts(redacted, redactor.counts)

    def close(self) -> None:
        """Ends what was started for it."""

    def _languages(self, texts: Sequence[str]) -> list[str]:
        """Which of the models look for names. Withheld where there is none for a part of the texts."""
        if not self._models:
            return []
        from app.privacy.redaction.languages import languages_of  # noqa: PLC0415

        spoken = frozenset().union(*map(languages_of, texts))
        if not spoken <= self._models.keys():
            raise Withheld(WithheldReason.LANGUAGE)
        # Too short to tell is read as the first language of the setting.
        return [language for language in self._models if language in spoken] or [next(iter(self._models))]


def parse_models(text: str) -> dict[str, str]:
    """Language and model from `en=MODEL, de=MODEL`; none from `off`. StartRefused says what is wrong."""
    if text.strip() == _OFF:
        return {}
    models = {}
    for entry in text.split(","):
        language, _, model = map(str.strip, entry.partition("="))
        if len(language) != 2 or not language.islower() or not model:
            raise StartRefused("PAIRVOTE_NAME_MODELS must be like `en=MODEL, de=MODEL`, or `off`.")
        models[language] = model
    return models

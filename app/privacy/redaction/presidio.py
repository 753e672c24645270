"""Microsoft Presidio's recognisers as a plug-in, with the spaCy models of the setting. Nothing is downloaded."""

import importlib.metadata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from app.core.errors import StartRefused
from app.privacy.redaction.plugins import Finding
from app.privacy.redaction.spans import Kind

# What leads to one person. Places, dates, nationalities and addresses of pages do not, or are ours to find.
_KINDS: Final[Mapping[str, Kind]] = {
    "PERSON": Kind.PERSON,
    "PHONE_NUMBER": Kind.PHONE,
    "CREDIT_CARD": Kind.CREDIT_CARD,
    "IBAN_CODE": Kind.IBAN,
    "IP_ADDRESS": Kind.IP_ADDRESS,
    "MAC_ADDRESS": Kind.MAC_ADDRESS,
    "CRYPTO": Kind.WALLET,
    "US_BANK_NUMBER": Kind.ACCOUNT_NUMBER,
    "MEDICAL_LICENSE": Kind.NATIONAL_ID,
}
_NOT_PERSONAL: Final = frozenset(
    {"LOCATION", "DATE_TIME", "AGE", "NRP", "URL", "EMAIL_ADDRESS", "ORGANIZATION"}
)
# It asks the network which domains there are; e-mail addresses are found by rules of ours.
_UNWANTED: Final = ("EmailRecognizer", "UrlRecognizer")
# Telephone numbers score 0.4; what scores less is a guess at any row of digits.
_LEAST_SCORE: Final = 0.4


def _version() -> str:
    try:
        return importlib.metadata.version("presidio-analyzer")
    except importlib.metadata.PackageNotFoundError:
        return ""  # it is optional; whoever names it in the setting without it is told at the start


class Presidio:
    """Presidio's analyser over the installed models, each loaded once more, with what its recognisers need of it."""

    version = _version()

    def __init__(self, models: Mapping[str, str]) -> None:
        if not models:
            raise StartRefused("PAIRVOTE_REDACTION_PLUGINS names presidio, which needs PAIRVOTE_NAME_MODELS.")
        # Not at the top: it is optional, and only the process that redacts needs it.
        import spacy  # noqa: PLC0415
        from presidio_analyzer import AnalyzerEngine, RecognizerRegistry  # noqa: PLC0415
        from presidio_analyzer.nlp_engine import SpacyNlpEngine  # noqa: PLC0415

        self._pipelines = {language: spacy.load(model) for language, model in models.items()}
        engine: Any = SpacyNlpEngine(
            models=[{"lang_code": language, "model_name": model} for language, model in models.items()]
        )
        # As loaded: its own way of loading downloads what it does not find.
        engine.nlp = self._pipelines
        registry: Any = RecognizerRegistry(supported_languages=[*models])
        registry.load_predefined_recognizers(languages=[*models], nlp_engine=engine)
        for name in _UNWANTED:
            registry.remove_recognizer(name)
        self._analyzer: Any = AnalyzerEngine(
            registry=registry,
            nlp_engine=engine,
            supported_languages=[*models],
            default_score_threshold=_LEAST_SCORE,
        )

    def find(self, text: str, languages: Sequence[str]) -> Iterator[Finding]:
        """What its recognisers for the conversation's languages find, but for what leads to nobody."""
        for language in languages:
            # Without a zone of its own, every word that was ever seen would stay in the process.
            with self._pipelines[language].memory_zone():
                found = self._analyzer.analyze(text, language=language)
            for each in found:
                if each.entity_type not in _NOT_PERSONAL:
                    # Whatever else it knows is an identity number of some country.
                    yield Finding(each.start, each.end, _KINDS.get(each.entity_type, Kind.NATIONAL_ID))

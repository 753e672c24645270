"""The model that comes with the requirements, loaded once."""

from app.core.settings import Settings
from app.privacy.redaction.recognition import Recognizer, load_recognizer
from app.privacy.redaction.redactor import ConversationRedactor
from app.privacy.redaction.withholding import parse_models


def recognizer() -> Recognizer:
    """The model of the default setting."""
    return load_recognizer(parse_models(Settings().name_models)["en"])


def redacted_all(*texts: str) -> list[str]:
    """The texts of one conversation after it was looked through with the model."""
    return ConversationRedactor([recognizer()]).redact_all(texts)

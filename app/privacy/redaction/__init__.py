"""Taking identifying details out of conversation text: what has a shape, and names."""

from app.privacy.redaction.apart import RedactionApart
from app.privacy.redaction.plugins import Detector, Finding
from app.privacy.redaction.spans import PLACEHOLDER, Kind
from app.privacy.redaction.version import RULES_VERSION
from app.privacy.redaction.withholding import Redaction, Withheld, WithheldReason

__all__ = [
    "PLACEHOLDER",
    "RULES_VERSION",
    "Detector",
    "Finding",
    "Kind",
    "Redaction",
    "RedactionApart",
    "Withheld",
    "WithheldReason",
]

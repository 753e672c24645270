"""Taking identifying details out of conversation text by patterns alone: what has a shape, not names or stories."""

from app.privacy.redaction.redactor import RULES_VERSION, ConversationRedactor
from app.privacy.redaction.spans import Kind

__all__ = ["RULES_VERSION", "ConversationRedactor", "Kind"]

"""Checking a detector's examples in both directions."""

from app.privacy.redaction.redactor import ConversationRedactor


def redacted(text: str) -> str:
    """`text` after a conversation of its own."""
    return ConversationRedactor().redact(text)

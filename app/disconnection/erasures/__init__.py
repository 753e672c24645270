"""Erasures: of a person, of a conversation, or of all votes of a person, with a report of what went and what cannot."""

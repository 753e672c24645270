"""How well redaction works: planted people, a labelled corpus, and what is redacted where nobody was planted."""

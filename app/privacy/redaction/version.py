"""Which rules these are."""

from typing import Final

RULES_VERSION: Final = "rules-4"
"""Named, with the model, in every record made under these rules; raise it when a rule changes what is found."""

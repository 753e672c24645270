"""Redaction of records that are there already: again under better rules, and by people who read them."""

"""Webhooks: tombstones are posted to whoever holds an export, as soon as there are any."""

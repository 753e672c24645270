"""Idempotency keys: a retried call is answered as the first one was, and happens once."""

"""Who may call: workspaces, API keys, idempotency keys, the audit trail."""

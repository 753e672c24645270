"""Workspaces and their API keys: one tenant is one product that embeds Pairvote."""

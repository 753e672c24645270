"""The history of what persons have allowed: when, by what, and beside which notice."""

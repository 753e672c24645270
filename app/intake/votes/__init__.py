"""Votes, undo and skips."""

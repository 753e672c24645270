"""Recall: whoever holds an export is told which rows to delete."""

"""Comparisons: one prompt with two responses, shown once to one person."""

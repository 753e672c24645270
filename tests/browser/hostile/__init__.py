"""Answers nobody should have to trust, all of our own making."""

"""Pseudonymous persons: what a workspace may ask of them, and when it last did."""

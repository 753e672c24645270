"""Plays the human votes of a published study through a running Pairvote, and checks the ranking that comes out."""

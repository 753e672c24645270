"""Receipts: whoever holds one asks how the vote stands and withdraws it, on either side of the door."""

"""The page of whoever holds a receipt: how the vote stands, and withdrawing it, in words that nobody has to look up."""

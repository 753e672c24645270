"""What a person allows: sharing level, and whether to be asked."""

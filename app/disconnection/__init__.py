"""The one-way door from intake to research: final votes are redacted, coarsened and cut from their person."""

"""The bench: what a vote costs, as a ratio to a Flask view that does nothing on the same kind of server."""

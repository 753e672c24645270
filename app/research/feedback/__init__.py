"""The disconnected feedback that exports are made from."""

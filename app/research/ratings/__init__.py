"""Rankings of models, computed from counts of votes."""

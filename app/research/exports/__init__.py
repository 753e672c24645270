"""Released, de-identified data sets: how one is projected, ordered, written, described and verified."""

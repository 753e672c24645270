"""The floor that everything is compared with: a Flask view that does nothing."""

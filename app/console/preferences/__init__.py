"""The settings page: what a person shares, whether they are asked, what is kept, and how to end it."""

"""Feedback on one answer or page: a thumb up or down, reasons, a comment."""

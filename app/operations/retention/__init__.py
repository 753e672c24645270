"""Retention: one list of what is kept, one job that ends it, and what that job has done."""

from app.operations.retention.running import sweep_retention

__all__ = ["sweep_retention"]

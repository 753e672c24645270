"""Reports come from browsers: the host and the browser of the intake zone."""

from tests.intake.conftest import server

__all__ = ["server"]

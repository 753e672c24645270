"""What filing a report may refuse."""

from app.core.errors import AppError


class TooManyReports(AppError):
    """As many reports of this comparison are kept as one comparison may have.

    Show that the earlier ones have arrived; a further one would tell nothing new.
    """

    status = 409
    code = "too-many-reports"
    title = "This comparison has been reported often enough"

"""What an export may refuse."""

from app.core.errors import AppError


class ExportNotReady(AppError):
    """The export is still being built."""

    status = 409
    code = "export-not-ready"
    title = "This export is not built yet; try again"

    def __init__(self) -> None:
        super().__init__(headers=(("Retry-After", "5"),))


class ExportGone(AppError):
    """The export has expired, was cancelled or failed: it has no files.

    Ask for a new export.
    """

    status = 410
    code = "export-gone"
    title = "This export has no files (any more)"


class ExportClosed(AppError):
    """The export is built or over: there is nothing to cancel."""

    status = 409
    code = "export-closed"
    title = "This export is not being built"


class ExportLost(AppError):
    """The build was cancelled, or another process has taken it over."""

    status = 409
    code = "export-lost"
    title = "This export was cancelled, or another process builds it"


class RangeNotSatisfiable(AppError):
    """The range begins behind the end of the file."""

    status = 416
    code = "range-not-satisfiable"
    title = "The file has no such bytes"

    def __init__(self, size: int) -> None:
        super().__init__(headers=(("Accept-Ranges", "bytes"), ("Content-Range", f"bytes */{size}")))

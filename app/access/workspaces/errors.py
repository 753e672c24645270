"""What working with workspaces may refuse."""

from app.core.errors import AppError


class NameTaken(AppError):
    """There is a workspace of this name already.

    Choose another name; `flask workspace list` shows those taken.
    """

    status = 409
    code = "workspace-name-taken"
    title = "A workspace of that name exists"


class OddOrigin(AppError):
    """Not an origin: scheme, host and port, nothing else.

    Write it without a path and without a slash at its end.
    """

    status = 422
    code = "odd-origin"
    title = "An origin is a scheme, a host and perhaps a port, such as https://app.example.com"

"""What working with workspaces may refuse."""

from app.core.errors import AppError


class NameTaken(AppError):
    """There is a workspace of this name already."""

    status = 409
    code = "workspace-name-taken"
    title = "A workspace of that name exists"


class OddOrigin(AppError):
    """Not an origin: scheme, host and port, nothing else."""

    status = 422
    code = "odd-origin"
    title = "An origin is a scheme, a host and perhaps a port, such as https://app.example.com"

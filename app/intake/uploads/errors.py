"""What an upload may refuse."""

from app.core.errors import AppError


class UploadTypeRefused(AppError):
    """The content is not of the declared type, or of a type that is not taken."""

    status = 415
    code = "upload-type-refused"
    title = "The file's content is not of a type that is taken, or not what its Content-Type says"


class UploadEmpty(AppError):
    """There is no content.

    Send the file itself as the body.
    """

    status = 422
    code = "upload-empty"
    title = "The file is empty"

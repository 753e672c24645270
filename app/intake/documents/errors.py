"""What publishing a document may refuse."""

from app.core.errors import AppError


class DocumentOdd(AppError):
    """The document cannot be published as it stands; the detail says what to mend.

    Correct the file or the option that the detail names, and publish again: nothing was stored.
    """

    status = 422
    code = "document-odd"
    title = "The document cannot be published as it stands"


class DocumentVersionTaken(AppError):
    """A version of that name was published before, and what is published never changes.

    Choose another name with `--version`, or leave it out; `flask document list` shows those taken.
    """

    status = 409
    code = "document-version-taken"
    title = "A version of that name was published before; published versions never change"

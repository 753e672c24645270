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


class OddReason(AppError):
    """Not a code for a reason, or too many of them.

    Write 1 to 40 of a-z, 0-9 and _, and name 20 codes at most.
    """

    status = 422
    code = "odd-reason"
    title = "A reason's code has 1 to 40 of a-z, 0-9 and _, and there are 20 reasons at most"


class OddReasonLabel(AppError):
    """Not a label: a code, a language and the words for it.

    Write `CODE:LANGUAGE=TEXT`, such as `cites_sources:de=Nennt Quellen`; the text has 60 printable characters at most.
    """

    status = 422
    code = "odd-reason-label"
    title = "A label is CODE:LANGUAGE=TEXT with at most 60 characters of text, such as cites_sources:en=Cites sources"


class UnknownReasonLabel(AppError):
    """Words for a reason that the workspace does not offer.

    Offer it first: `flask workspace set WORKSPACE --reason CODE`, together with all others that are to be offered.
    """

    status = 422
    code = "unknown-reason-label"
    title = "A label is for a reason that is not offered; name it with --reason, together with all the others"

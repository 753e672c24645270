"""What a comparison may refuse."""

from app.core.errors import AppError


class TicketInvalid(AppError):
    """Not a ticket of ours, or not for this comparison."""

    status = 401
    code = "ticket-invalid"
    title = "This ticket is not valid"

    def __init__(self) -> None:
        super().__init__(headers=(("WWW-Authenticate", 'Bearer realm="pairvote"'),))


class TicketExpired(AppError):
    """The time to see or answer the comparison is over.

    Take the question off the page. A new one needs a new comparison.
    """

    status = 410
    code = "ticket-expired"
    title = "The time to answer is over"


class ComparisonClosed(AppError):
    """The comparison was skipped or withheld, or its vote was withdrawn; for a report also: its vote is final."""

    status = 409
    code = "comparison-closed"
    title = "This comparison takes no more answers"


class VoteFinal(AppError):
    """The undo window has passed."""

    status = 409
    code = "vote-final"
    title = "This vote can no longer be changed"


class VoteStands(AppError):
    """There is a vote: undo it before skipping.

    DELETE the vote first, or leave it as it is.
    """

    status = 409
    code = "vote-stands"
    title = "There is a vote already; undo it first"


class PersonOptedOut(AppError):
    """Nothing is shared any more, so nothing is recorded.

    The person has switched sharing off, for themselves or for this conversation; or their project or the workspace
    has; or their browser sends Global Privacy Control (`Sec-GPC: 1`).

    Take the question off the page, and ask for an invitation before the next one.
    """

    status = 409
    code = "opted-out"
    title = "Nothing is shared here; no vote is recorded"


class InvitationUnusable(AppError):
    """The invitation is unknown, expired, used, or another person's.

    Ask for a new one. Each can be redeemed once, for the person it was given for, until its `expires_at`.
    """

    status = 409
    code = "invitation-unusable"
    title = "This invitation cannot be used (again)"


class UploadUnusable(AppError):
    """A message refers to an upload that is not there, or is used already.

    Upload the file again: an upload belongs to one comparison, and is deleted after a day without one.
    """

    status = 422
    code = "upload-unusable"
    title = "A message refers to an upload that cannot be used"

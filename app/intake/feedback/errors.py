"""What feedback may refuse."""

from app.core.errors import AppError


class FeedbackFinal(AppError):
    """The undo window has passed.

    A person rates a target once; until `undo_until` the rating can be changed or taken back.
    """

    status = 409
    code = "feedback-final"
    title = "This feedback can no longer be changed"


class FeedbackReasonUnknown(AppError):
    """A reason that this workspace does not offer with this rating.

    The reasons for a thumb up and for a thumb down are two lists; GET /v1/feedback-ticket has both.
    """

    status = 422
    code = "feedback-reason-unknown"
    title = "A reason is not among those offered with this rating"

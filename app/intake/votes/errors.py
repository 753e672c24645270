"""What a vote may refuse beyond what its comparison does."""

from app.core.errors import AppError


class UnknownReason(AppError):
    """A reason that this workspace does not offer.

    Send only `reasons` that GET /v1/ticket lists.
    """

    status = 422
    code = "unknown-reason"
    title = "A reason is not among those offered"


class StrengthWithoutSide(AppError):
    """Strength says how much better one side is; a tie has no side.

    Leave `strength` out, or choose `left` or `right`.
    """

    status = 422
    code = "strength-without-side"
    title = "Strength goes only with left or right"

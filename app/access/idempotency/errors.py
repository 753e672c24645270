"""What an idempotency key may refuse."""

from app.core.errors import AppError


class KeyReused(AppError):
    """The same key came with another body.

    Use a new key for a new call; retry the first call with the body it had.
    """

    status = 422
    code = "idempotency-key-reused"
    title = "This Idempotency-Key was used with another body"


class CallInProgress(AppError):
    """The first call under this key has not been answered yet."""

    status = 409
    code = "idempotency-key-in-use"
    title = "The first call under this Idempotency-Key is still running; try again"

    def __init__(self) -> None:
        super().__init__(headers=(("Retry-After", "1"),))

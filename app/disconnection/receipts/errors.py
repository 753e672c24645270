"""What a receipt may refuse."""

from app.core.errors import AppError


class ReceiptUnknown(AppError):
    """No vote is recorded under this receipt.

    It was mistyped, or the vote was undone, or withdrawn long ago: what is deleted cannot be told apart.
    """

    status = 404
    code = "receipt-unknown"
    title = "No vote is recorded under this receipt"

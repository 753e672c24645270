"""What changing a record's redaction may refuse."""

from app.core.errors import AppError


class PassageRefused(AppError):
    """The passage is not there, or cannot be taken out or put back."""

    status = 422
    code = "passage-refused"
    title = "That passage cannot be changed"


class RecordBusy(AppError):
    """Others change the record at the same time, again and again."""

    status = 409
    code = "record-busy"
    title = "The record is being changed; try again"

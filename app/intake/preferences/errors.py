"""What setting preferences may refuse."""

from app.core.errors import AppError


class AccountNeeded(AppError):
    """Preferences belong to an account; without one there is nobody to remember them for.

    Send `identifiers.account`; for a ticket, register its comparison with one.
    """

    status = 422
    code = "account-needed"
    title = "Preferences need an account to belong to"

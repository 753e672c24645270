"""What calls about one person may refuse: whom, or which conversation or project, they do not name."""

from app.core.errors import AppError


class AccountNeeded(AppError):
    """Preferences, a person's own data and erasures belong to an account; without one there is nobody they are about.

    Send `identifiers.account`; for a ticket, register its comparison with one.
    """

    status = 422
    code = "account-needed"
    title = "No account is named"


class ConversationNeeded(AppError):
    """ "Not in this conversation", a level or an erasure of one conversation needs to know which.

    Send `identifiers.conversation`; for a ticket, register its comparison with one. GET /v1/ticket lists in `asks`
    what may be offered.
    """

    status = 422
    code = "conversation-needed"
    title = "No conversation is named"


class ProjectNeeded(AppError):
    """`scope: project` is about a project, and the call names none.

    Send `identifiers.project`.
    """

    status = 422
    code = "project-needed"
    title = "No project is named"

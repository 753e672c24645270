"""What setting preferences may refuse."""

from app.core.errors import AppError


class AccountNeeded(AppError):
    """Preferences belong to an account; without one there is nobody to remember them for.

    Send `identifiers.account`; for a ticket, register its comparison with one.
    """

    status = 422
    code = "account-needed"
    title = "Preferences need an account to belong to"


class ConversationNeeded(AppError):
    """ "Not in this conversation" needs a conversation.

    Send `identifiers.conversation`; for a ticket, register its comparison with one. GET /v1/ticket lists in `asks`
    what may be offered.
    """

    status = 422
    code = "conversation-needed"
    title = "There is no conversation to be left alone in"


class ProjectNeeded(AppError):
    """`scope: project` is about a project, and the call names none.

    Send `identifiers.project`.
    """

    status = 422
    code = "project-needed"
    title = "There is no project to set this for"

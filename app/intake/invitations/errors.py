"""What invitations and their policies may refuse."""

from app.core.errors import AppError


class PolicyChanged(AppError):
    """The policy is not the version that this change was made from: somebody else has changed it.

    Get the policy, make the change there, and send it with its `version` as `expected_version`.
    """

    status = 409
    code = "policy-changed"
    title = "The policy has been changed meanwhile; look at it and decide again"

"""What making a link to the settings page may refuse."""

from app.core.errors import AppError


class ReturnAddressNotAllowed(AppError):
    """`return_url` leads to a site that is none of the workspace's.

    Send an http or https address on one of the workspace's registered origins
    (`flask workspace set NAME --origin URL`).
    """

    status = 422
    code = "return-address-not-allowed"
    title = "The return address is on none of the workspace's origins"

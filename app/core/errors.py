"""What Pairvote may refuse, and how a refusal looks: RFC 9457 problem documents."""

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import click


class FieldError(NamedTuple):
    """What is wrong with one place of the body: a JSON Pointer (RFC 6901) and a sentence."""

    pointer: str
    detail: str


class AppError(Exception):
    """A refusal that the caller can understand. Subclasses name a state; never put input into `detail`."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(self.code)
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = tuple(headers)

    def problem(self, request_id: str) -> dict[str, Any]:
        """The problem document's members."""
        document: dict[str, Any] = {
            "type": f"/docs/errors#{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "request_id": request_id,
        }
        if self.detail:
            document["detail"] = self.detail
        if self.errors:
            document["errors"] = [entry._asdict() for entry in self.errors]
        return document


class InternalError(AppError):
    """A crash; the client learns the request id and nothing else."""


class StorageUnavailable(AppError):
    """The database cannot be read or written right now; nothing was acknowledged."""

    status = 503
    code = "storage-unavailable"
    title = "The database is not available; try again"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, headers=(("Retry-After", "1"),))


class NotFound(AppError):
    """There is no such thing, or it belongs to somebody else."""

    status = 404
    code = "not-found"
    title = "Not found"


class MethodNotAllowed(AppError):
    """The address exists, the method does not."""

    status = 405
    code = "method-not-allowed"
    title = "This address does not take that method"


class MalformedJson(AppError):
    """The body is not the JSON we accept."""

    status = 400
    code = "malformed-json"
    title = "The body is not valid JSON"


class InvalidBody(AppError):
    """The body is JSON, but not of the shape this call takes."""

    status = 422
    code = "invalid-body"
    title = "The body does not have the right shape"


class InvalidParameter(AppError):
    """A query parameter or header is missing or has a wrong value."""

    status = 400
    code = "invalid-parameter"
    title = "A parameter has a wrong value"


class BodyTooLarge(AppError):
    """The body is over the limit."""

    status = 413
    code = "body-too-large"
    title = "The body is too large"


class UnsupportedMediaType(AppError):
    """The body is not declared as what this call takes."""

    status = 415
    code = "unsupported-media-type"
    title = "This call takes another content type"


class NotAuthenticated(AppError):
    """No credential, or one that is not valid."""

    status = 401
    code = "not-authenticated"
    title = "A valid credential is needed"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, headers=(("WWW-Authenticate", 'Bearer realm="pairvote"'),))


class NotPermitted(AppError):
    """The credential is valid and does not allow this."""

    status = 403
    code = "not-permitted"
    title = "This credential does not allow that"


class OriginNotAllowed(AppError):
    """The browser's origin is not registered for this workspace.

    Register it, together with those that are: `flask workspace set WORKSPACE --origin URL`.
    """

    status = 403
    code = "origin-not-allowed"
    title = "This origin is not registered for the workspace"


class StartRefused(click.ClickException):
    """Pairvote will not start like this; the message is a sentence that says what to do.

    On the command line it is printed as it is, and the command ends with status 3.
    """

    exit_code = 3

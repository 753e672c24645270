"""Static files, and answers for addresses that do not exist."""

from pathlib import Path
from typing import Final

import flask
from flask import Flask, Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from app.core import errors
from app.core.http.edge import as_response, problem_reply
from app.core.http.request import Request

STATIC_FOLDER: Final = Path(__file__).resolve().parents[2] / "static"


def register(app: Flask) -> None:
    """Adds the handler of Flask's own refusals, and what every static file is sent with."""
    app.register_error_handler(HTTPException, _refuse)
    app.after_request(_harden_static)


def _harden_static(response: Response) -> Response:
    """No guessing of types, and a file opened on its own runs nothing."""
    if flask.request.endpoint == "static":
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault(
            "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        )
    return response


def _refuse(refusal: HTTPException) -> Response:
    error: errors.AppError = errors.NotFound()
    if isinstance(refusal, MethodNotAllowed):
        allowed = ", ".join(sorted(refusal.valid_methods or ()))
        error = errors.MethodNotAllowed(headers=[("Allow", allowed)])
    elif refusal.code is not None and refusal.code >= 500:
        error = errors.InternalError()
    return as_response(problem_reply(error, Request(flask.request.environ), "unknown"))

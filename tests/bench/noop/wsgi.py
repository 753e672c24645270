"""A Flask application whose only view does nothing, for the bench's other server to serve."""

from typing import Final

from flask import Flask

app: Final = Flask(__name__)


@app.route("/noop", methods=["GET", "POST", "PUT"])
def noop() -> dict[str, bool]:
    """Answers without looking at the request."""
    return {"ok": True}

"""Feedback as a host's engineer sends it."""

from typing import Any

from tests.intake.conftest import HostServer

TALK = [
    {"role": "user", "content": "Why is the sky blue?"},
    {"role": "assistant", "content": "Because of the sea."},
]


def feedback(**changes: Any) -> dict[str, Any]:
    """The body of a thumb down by `anna`, unless told otherwise."""
    body: dict[str, Any] = {
        "identifiers": {"account": "anna", "conversation": "talk-1"},
        "target": {"type": "response", "id": "msg-1"},
        "rating": "down",
        "conversation": TALK,
        "model": "model-a",
    }
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


def give(server: HostServer, **changes: Any) -> dict[str, Any]:
    """Recorded, or withheld, feedback."""
    response = server.post("/v1/feedback", feedback(**changes))
    assert response.status_code == 201, response.data
    given: dict[str, Any] = response.get_json()
    return given

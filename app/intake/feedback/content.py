"""What is sealed of feedback: the text that is rated, the comment, and the receipt."""

import json
from typing import Any, Final, NamedTuple

from app.core.http.strict_json import write_json
from app.intake.feedback.schemas import Rated
from app.intake.messages import shows_uploads, text_of
from app.privacy.sealing import DataKey, bind, compress_and_seal, unseal_and_expand

FEEDBACK_PREFIX: Final = "fbk"


class RatedText(NamedTuple):
    """The text of what is rated, as it leaves; pictures, sounds and files are not kept."""

    prompt: list[tuple[str, str]]
    """Role and text of each message before the response."""
    response: str | None
    has_uploads: bool
    usage: dict[str, Any]


def text_to_keep(rated: Rated) -> RatedText | None:
    """What of a host's words is worth sealing; None where there are none."""
    messages = list(rated.conversation or ())
    response = rated.response
    if response is None and messages and messages[-1]["role"] == "assistant":
        response = messages.pop().get("content")
    if not messages and response is None and not rated.usage:
        return None
    contents = [*(message.get("content") for message in messages), response]
    return RatedText(
        [(message["role"], text_of(message.get("content"))) for message in messages],
        None if response is None else text_of(response),
        any(map(shows_uploads, contents)),
        rated.usage or {},
    )


def seal_text(key: DataKey, text: RatedText, *, workspace_id: bytes, feedback_id: bytes) -> bytes:
    """The text as stored."""
    plain = write_json(text._asdict())
    return compress_and_seal(key, plain, bound_to=bind("feedback-text", workspace_id, feedback_id))


def open_text(key: DataKey, sealed: bytes, *, workspace_id: bytes, feedback_id: bytes) -> RatedText:
    """The text. SealBroken when it was not stored with this feedback."""
    bound_to = bind("feedback-text", workspace_id, feedback_id)
    stored = json.loads(unseal_and_expand(key, sealed, bound_to=bound_to))
    stored["prompt"] = [(role, text) for role, text in stored["prompt"]]
    return RatedText(**stored)


def seal_word(key: DataKey, word: str, *, what: str, workspace_id: bytes, feedback_id: bytes) -> bytes:
    """A comment or a receipt (`what` says which) as stored."""
    bound_to = bind(f"feedback-{what}", workspace_id, feedback_id)
    return compress_and_seal(key, word.encode(), bound_to=bound_to)


def open_word(key: DataKey, sealed: bytes, *, what: str, workspace_id: bytes, feedback_id: bytes) -> str:
    """A comment or a receipt. SealBroken when it was not stored with this feedback."""
    bound_to = bind(f"feedback-{what}", workspace_id, feedback_id)
    return unseal_and_expand(key, sealed, bound_to=bound_to).decode()

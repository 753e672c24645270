"""What is sealed at registration: the exact bytes a widget will be given, and apart from them the private part."""

import json
from functools import lru_cache
from typing import Any, Final, NamedTuple

from app.access.workspaces.models import Workspace
from app.core.http.strict_json import write_json
from app.intake.comparisons.models import Choice, Span
from app.intake.comparisons.schemas import NewComparison
from app.intake.documents.library import Notice
from app.intake.messages import Content
from app.intake.persons.services import Subject
from app.privacy.data_keys import person_key_id
from app.privacy.sealing import DataKey, bind, compress_and_seal, unseal_and_expand

COMPARISON_PREFIX: Final = "cmp"
# A person's comparison is registered, shown and voted on within minutes: their id is hashed once for all of it.
_person_key_id: Final = lru_cache(maxsize=4096)(person_key_id)
_CHOICES: Final = [choice.value for choice in Choice]


class SealedContent(NamedTuple):
    """Both parts of a comparison's content as stored."""

    shown_sealed: bytes
    private_sealed: bytes


def content_key_id(workspace_id: bytes, person: bytes, comparison_id: bytes) -> bytes:
    """Which data key seals a comparison: its person's, or its own where there is no account."""
    return _person_key_id(workspace_id, person) if person else comparison_id


def seal_content(
    key: DataKey,
    *,
    workspace: Workspace,
    comparison_id: bytes,
    identifier: str,
    new: NewComparison,
    subject: Subject,
    first_left: int,
    notice: Notice,
) -> SealedContent:
    """Seals what the widget gets and what it must not get, each bound to its comparison."""
    shown = write_json(_shown(workspace, identifier, new, subject, first_left=first_left, notice=notice))
    private = write_json(_private(new))
    return SealedContent(
        compress_and_seal(key, shown, bound_to=bind("shown", workspace.id, comparison_id)),
        compress_and_seal(key, private, bound_to=bind("private", workspace.id, comparison_id)),
    )


def _shown(
    workspace: Workspace,
    identifier: str,
    new: NewComparison,
    subject: Subject,
    *,
    first_left: int,
    notice: Notice,
) -> dict[str, Any]:
    left, right = new.responses[first_left], new.responses[1 - first_left]
    shown: dict[str, Any] = {
        "id": identifier,
        "prompt": _prompt(new.conversation),
        "conversation": new.conversation,
        "left": {"content": left.content},
        "right": {"content": right.content},
        "choices": _CHOICES,
        "reasons": workspace.options.reasons,
        "asks": asks_of(subject),
        "notice": notice._asdict(),
        "locale": new.locale,
    }
    if workspace.options.reason_labels:
        shown["reason_labels"] = workspace.options.reason_labels
    return shown


def asks_of(subject: Subject) -> list[str]:
    """For how long the person may ask not to be asked: nothing can be remembered of nobody."""
    if not subject.person:
        return []
    return [Span.WEEK, Span.NEVER] if subject.conversation is None else [*Span]


def _prompt(conversation: list[dict[str, Any]]) -> Content:
    prompts: list[Content] = [message["content"] for message in conversation if message["role"] == "user"]
    return prompts[-1]


def _private(new: NewComparison) -> dict[str, Any]:
    return {
        "responses": [
            {
                "model": response.model,
                **response.metadata,
                "safety_ratings": [[r.category, r.probability, r.blocked] for r in response.ratings],
            }
            for response in new.responses
        ],
        "safety_settings": [[setting.category, setting.threshold] for setting in new.safety_settings],
        "client": new.client,
    }


def open_shown(key: DataKey, sealed: bytes, *, workspace_id: bytes, comparison_id: bytes) -> bytes:
    """The widget's bytes. SealBroken when they are not what was stored for this comparison."""
    return unseal_and_expand(key, sealed, bound_to=bind("shown", workspace_id, comparison_id))


def open_private(key: DataKey, sealed: bytes, *, workspace_id: bytes, comparison_id: bytes) -> dict[str, Any]:
    """The private part: models and metadata in the order of the request."""
    private: dict[str, Any] = json.loads(
        unseal_and_expand(key, sealed, bound_to=bind("private", workspace_id, comparison_id))
    )
    return private


def seal_comment(key: DataKey, comment: str, *, workspace_id: bytes, comparison_id: bytes) -> bytes:
    """A vote's comment as stored."""
    return compress_and_seal(key, comment.encode(), bound_to=bind("comment", workspace_id, comparison_id))


def open_comment(key: DataKey, sealed: bytes, *, workspace_id: bytes, comparison_id: bytes) -> str:
    """A vote's comment. SealBroken when it was not stored with a vote on this comparison."""
    return unseal_and_expand(key, sealed, bound_to=bind("comment", workspace_id, comparison_id)).decode()

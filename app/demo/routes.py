"""The demo product's own calls, made by its page. They are no part of Pairvote's API and not described with it."""

from dataclasses import replace
from typing import Final

from app.core.errors import InvalidBody, NotFound
from app.core.http import Answer, Call, Operations, PublicAccess
from app.demo.conversations import DemoConversation, conversations
from app.demo.host import Host, NewMessage, ShownAnswer
from app.demo.schemas import (
    AnswerSchema,
    AskAgainSchema,
    ConversationsSchema,
    NewMessageSchema,
    SettingsSchema,
    ShownAnswerSchema,
    VisitorSchema,
)

operations: Final[Operations[Host]] = Operations("demo")


@operations.operation(
    "GET", "/demo/api/conversations", access=PublicAccess(), answer=ConversationsSchema, errors=[NotFound]
)
def list_demo_conversations(host: Host, _call: Call[None, None]) -> Answer:
    """List what one can talk about."""
    if not host.is_loaded:
        raise NotFound
    return Answer({"conversations": [_listed(talk) for talk in conversations().values()]})


def _listed(talk: DemoConversation) -> dict[str, object]:
    return {
        "id": talk.id,
        "title": talk.title,
        "topic": talk.topic,
        "locale": talk.locale,
        "suggested": talk.is_suggested,
        "earlier": [message._asdict() for message in talk.earlier],
        "prompts": [step.prompt for step in talk.steps],
    }


@operations.operation(
    "POST",
    "/demo/api/messages",
    access=PublicAccess(),
    body=NewMessageSchema,
    answer=AnswerSchema,
    errors=[NotFound, InvalidBody],
)
def answer_demo_message(host: Host, call: Call[NewMessage, None]) -> Answer:
    """Send a prompt: two answers to compare, or one."""
    has_gpc = call.request.header("SEC_GPC") == "1"
    return Answer(host.answer(replace(call.body, gpc=has_gpc)))


@operations.operation(
    "POST",
    "/demo/api/ask-again",
    access=PublicAccess(),
    body=AskAgainSchema,
    answer=AnswerSchema,
    errors=[NotFound, InvalidBody],
)
def ask_demo_visitor_again(host: Host, call: Call[str, None]) -> Answer:
    """Take "don't ask me again" back."""
    return Answer(host.ask_again(call.body))


@operations.operation(
    "POST",
    "/demo/api/feedback",
    access=PublicAccess(),
    body=ShownAnswerSchema,
    answer=AnswerSchema,
    errors=[NotFound, InvalidBody],
)
def offer_demo_thumbs(host: Host, call: Call[ShownAnswer, None]) -> Answer:
    """Offer to rate an answer that was not compared."""
    has_gpc = call.request.header("SEC_GPC") == "1"
    return Answer(host.offer_thumbs(replace(call.body, gpc=has_gpc)))


@operations.operation(
    "POST",
    "/demo/api/settings",
    access=PublicAccess(),
    body=VisitorSchema,
    answer=SettingsSchema,
    errors=[NotFound, InvalidBody],
)
def open_demo_settings(host: Host, call: Call[str, None]) -> Answer:
    """Open the visitor's settings page."""
    return Answer(host.open_settings(call.body))

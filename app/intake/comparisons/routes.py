"""Calls around comparisons: a host registers one and asks how it stands; a ticket's holder sees it."""

import json
from typing import Final

from app.access.workspaces.directory import HostCaller, HostKey
from app.access.workspaces.models import Scope
from app.core.clock import day_of, rfc3339
from app.core.connections import Transaction
from app.core.errors import InvalidBody, NotFound, OriginNotAllowed
from app.core.http import Answer, Call, Operations
from app.core.http.strict_json import write_json
from app.core.ids import from_text, to_text, uuid7_time
from app.intake.comparisons import services
from app.intake.comparisons.access import TicketAccess, TicketHolder
from app.intake.comparisons.content import COMPARISON_PREFIX, content_key_id, open_comment, open_shown
from app.intake.comparisons.errors import InvitationUnusable, TicketExpired, TicketInvalid, UploadUnusable
from app.intake.comparisons.models import (
    Choice,
    TicketedComparison,
    WithheldReason,
    public_state,
)
from app.intake.comparisons.queries import FIND_FOR_HOST, FIND_SHOWN, HostsView, Shown
from app.intake.comparisons.schemas import (
    ComparisonSchema,
    NewComparison,
    NewComparisonSchema,
    RegisteredSchema,
)
from app.intake.comparisons.shown import ShownSchema
from app.intake.comparisons.signals import close_for_signal, counts_as_opt_out
from app.intake.comparisons.updates import NO_NEWS, News, find_news, written
from app.intake.invitations.redemption import find_invitation
from app.intake.persons.services import resolve_subject
from app.intake.zone import Intake
from app.privacy.sealing import DataKey

operations: Final[Operations[Intake]] = Operations("comparisons")

_EXAMPLE: Final = {
    "identifiers": {"account": "user-1042", "project": "support-bot"},
    "conversation": [{"role": "user", "content": "Why is the sky blue?"}],
    "responses": [
        {
            "model": "model-a",
            "content": "Because of Rayleigh scattering.",
            "usage": {"input_tokens": 6, "output_tokens": 7},
        },
        {"model": "model-b", "content": "Air scatters blue light more than red light."},
    ],
    "surface": "chat",
    "locale": "en",
}


@operations.operation(
    "POST",
    "/v1/comparisons",
    access=HostKey(Scope.COMPARISONS_WRITE),
    body=NewComparisonSchema,
    answer=RegisteredSchema,
    status=201,
    errors=[InvitationUnusable, UploadUnusable, InvalidBody],
    is_idempotent=True,
    example=_EXAMPLE,
    answer_example={
        "id": "cmp_01kaq2m0qvf3x8v2c5t7e9h1jm",
        "status": "open",
        "ticket": "pvt_…",
        "order": [1, 0],
        "expires_at": "2026-11-22T10:05:00.000Z",
    },
)
def create_comparison(intake: Intake, call: Call[NewComparison, HostCaller]) -> Answer:
    """Register a prompt with two responses.

    The server draws which response stands left. Answers with the ticket for the browser, or says why the
    comparison is withheld: nothing of its content is stored then.
    """
    workspace, new = call.caller.workspace, call.body
    invitation = None
    if new.invitation is not None:
        invitation = find_invitation(intake.db, workspace_id=workspace.id, text=new.invitation, at=call.at)
        subject = invitation.subject
    else:
        assert new.identifiers is not None  # the schema takes no body without either
        subject = resolve_subject(
            intake.db, intake.pseudonyms, workspace=workspace, identifiers=new.identifiers
        )
    registration = services.prepare_registration(
        intake,
        workspace=workspace,
        new=new,
        subject=subject,
        invitation=invitation,
        has_gpc=counts_as_opt_out(intake, workspace.id, call.request, told=new.signals.gpc),
        at=call.at,
    )

    def register(tx: Transaction) -> Answer:
        withheld = services.register_comparison(tx, registration=registration, at=call.at)
        return Answer(_registered(registration, withheld), status=201)

    try:
        answer = call.write(intake.db, register, touches=registration.touches)
    except (InvitationUnusable, UploadUnusable):
        _destroy_useless_key(intake, registration)
        raise
    if answer.body["status"] != "open" or answer.body["id"] != registration.identifier:
        _destroy_useless_key(intake, registration)
    if answer.body["status"] == "open":
        first, second = new.responses
        intake.inviter.note_registered(workspace.id, (first.model, second.model))
    return answer


def _destroy_useless_key(intake: Intake, r: services.Registration) -> None:
    """Of a comparison that is not stored; the key of a person seals more than this."""
    if r.content is not None and not r.subject.person:
        intake.data_keys.destroy([r.comparison_id])


def _registered(r: services.Registration, withheld: WithheldReason | None) -> dict[str, object]:
    if withheld is not None:
        refused: dict[str, object] = {"id": r.identifier, "status": "withheld", "reason": withheld.value}
        return refused | {"blocked": list(r.blocked)} if r.blocked else refused
    opened: dict[str, object] = {
        "id": r.identifier,
        "status": "open",
        "ticket": r.ticket,
        "order": _order(r.first_left),
        "expires_at": rfc3339(r.expires_at),
    }
    return opened | {"identity_leak": list(r.identity_leak)} if r.identity_leak else opened


def _order(first_left: int) -> list[int]:
    return [first_left, 1 - first_left]


@operations.operation(
    "GET",
    "/v1/comparisons/{id}",
    access=HostKey(Scope.COMPARISONS_READ),
    answer=ComparisonSchema,
    errors=[NotFound],
    answer_example={
        "id": "cmp_01kaq2m0qvf3x8v2c5t7e9h1jm",
        "state": "voted",
        "order": [1, 0],
        "created_at": "2026-11-22T10:00:00.000Z",
        "shown_at": "2026-11-22T10:00:02.000Z",
        "expires_at": "2026-11-22T11:00:02.000Z",
        "choice": "left",
        "voted_at": "2026-11-22T10:00:21.000Z",
        "undo_until": "2026-11-22T10:15:21.000Z",
        "chosen": 1,
    },
)
def get_comparison(intake: Intake, call: Call[None, HostCaller]) -> Answer:
    """Look at a comparison's state.

    Never content. The choice is there from the vote until disconnection; after that nobody on this side
    can tell it any more.
    """
    comparison_id = from_text(COMPARISON_PREFIX, call.path["id"])
    if comparison_id is None:
        raise NotFound
    found = intake.db.fetch(
        lambda tx: tx.find(
            FIND_FOR_HOST,
            workspace_id=call.caller.workspace.id,
            day=day_of(uuid7_time(comparison_id)),
            comparison_id=comparison_id,
        )
    )
    if found is None:
        raise NotFound
    return Answer(_for_host(call.path["id"], found, call.at))


def _for_host(identifier: str, found: HostsView, at: int) -> dict[str, object]:
    state = public_state(found.state, undo_until=found.undo_until, expires_at=found.expires_at, at=at)
    answer: dict[str, object] = {
        "id": identifier,
        "state": state,
        "order": _order(found.first_left),
        "created_at": rfc3339(found.created_at),
        "shown_at": rfc3339(found.shown_at) if found.shown_at else None,
        "expires_at": rfc3339(found.expires_at),
    }
    if found.withheld_reason:
        answer["reason"] = found.withheld_reason
    if found.choice is not None and found.cast_at is not None and found.undo_until is not None:
        answer |= {
            "choice": found.choice,
            "voted_at": rfc3339(found.cast_at),
            "undo_until": rfc3339(found.undo_until),
        }
        if found.choice in (Choice.LEFT, Choice.RIGHT):
            answer["chosen"] = found.first_left if found.choice == Choice.LEFT else 1 - found.first_left
    return answer


@operations.operation(
    "GET",
    "/v1/ticket",
    access=TicketAccess(),
    answer=ShownSchema,
    errors=[TicketInvalid, TicketExpired, OriginNotAllowed],
    answer_example={
        "id": "cmp_01kaq2m0qvf3x8v2c5t7e9h1jm",
        "prompt": "Why is the sky blue?",
        "conversation": [{"role": "user", "content": "Why is the sky blue?"}],
        "left": {"content": "Air scatters blue light more than red light."},
        "right": {"content": "Because of Rayleigh scattering."},
        "choices": ["left", "right", "tie", "both_bad"],
        "reasons": ["useful", "incorrect", "cites_sources"],
        "reason_labels": {"cites_sources": {"en": "Cites its sources", "de": "Nennt Quellen"}},
        "asks": ["week", "conversation", "never"],
        "notice": {
            "version": "2026-12-01",
            "text": "Your vote is kept to compare AI models. …",
            "lang": "en",
            "sha256": "9d1f…",
            "url": "/documents/ws_01kaq2m0qvf3x8v2c5t7e9h1jm/voting_notice?version=2026-12-01&lang=en",
        },
        "locale": "en",
        "state": "open",
        "vote": None,
        "undo_until": None,
        "expires_at": "2026-11-22T11:00:02.000Z",
    },
)
def show_comparison(intake: Intake, call: Call[None, TicketHolder]) -> Answer:
    """See the comparison a ticket stands for.

    No model name and no response index is in it. The first time starts the clock for the answer, and counts as having
    told the person of the documents in `notice_update`. Nothing but the state `withheld` is in it where nothing is
    shared any more, or where the browser sends `Sec-GPC: 1`: an open question is closed by that, and its content
    deleted.
    """
    holder = call.caller

    def read(tx: Transaction) -> tuple[Shown | None, News]:
        shown = tx.find(FIND_SHOWN, **holder.key)
        if shown is None or shown.shown_sealed is None:
            return shown, NO_NEWS
        return shown, find_news(
            tx, library=intake.library, workspace_id=holder.workspace.id, comparison=shown.comparison
        )

    found, news = intake.db.fetch(read)
    comparison = holder.check(found.comparison if found else None, intake.tickets)
    state = comparison.public_state(call.at)
    if state == "expired":
        raise TicketExpired
    if state in _SHOWN and counts_as_opt_out(intake, holder.workspace.id, call.request):
        close_for_signal(intake, holder=holder, at=call.at)
        state = "withheld"
    expires_at = comparison.expires_at
    if comparison.shown_at is None and state in _SHOWN:
        expires_at = call.at + intake.answer_ms(holder.workspace)
        intake.shown.add({**holder.key, "at": call.at, "new_expires_at": expires_at})
        if news.is_new:
            person = {"workspace_id": holder.workspace.id, "person": comparison.person}
            intake.told.add({**person, "told_at": comparison.created_at})
    assert found is not None  # `check` raises when there is no row
    key = _content_key(intake, holder, comparison) if state in _SHOWN and found.shown_sealed else None
    now = _now(intake, holder, found, key) | {"state": state, "expires_at": rfc3339(expires_at)}
    if key is not None and news.editions:
        now["notice_update"] = written(
            news, library=intake.library, workspace=holder.workspace, locale=found.locale
        )
    return Answer(_content(holder, found, key)[:-1] + b"," + write_json(now)[1:])


_SHOWN: Final = frozenset({"open", "voted"})


def _content_key(intake: Intake, holder: TicketHolder, comparison: TicketedComparison) -> DataKey | None:
    claims = holder.claims
    return intake.data_keys.find(content_key_id(claims.workspace_id, comparison.person, claims.comparison_id))


def _content(holder: TicketHolder, found: Shown, key: DataKey | None) -> bytes:
    """The sealed bytes as they were registered; only the id where the content is gone, or must not be shown."""
    if found.shown_sealed is None or key is None:
        return write_json({"id": to_text(COMPARISON_PREFIX, holder.claims.comparison_id)})
    return open_shown(key, found.shown_sealed, **holder.place)


def _now(intake: Intake, holder: TicketHolder, found: Shown, key: DataKey | None) -> dict[str, object]:
    """How the vote stands; whoever comes back to it finds it whole, and can go on from there."""
    c = found.comparison
    if c.choice is None:
        return {"vote": None, "undo_until": None}
    vote = {"choice": c.choice, "strength": c.strength, "reasons": json.loads(found.reasons or "[]")}
    if key is not None:
        sealed = found.comment_sealed
        vote["comment"] = open_comment(key, sealed, **holder.place) if sealed is not None else None
    return {
        "vote": vote,
        "receipt": intake.tickets.receipt(holder.claims),
        "undo_until": rfc3339(c.undo_until) if c.undo_until is not None else None,
    }

"""What a person is owed: what is held on them as a file; all votes withdrawn, or everything erased, with a report."""

from typing import Final

from flask import Response

from app.access.workspaces.models import Workspace
from app.access.workspaces.services import WORKSPACE_PREFIX
from app.console.preferences.caller import PAGE_HEADERS, Caller, page
from app.console.preferences.view import erase_page, report_page, withdraw_page
from app.console.preferences.visits import ERASURE_COOKIE, PATH, PageClosed, Visit, cookie, cookie_of
from app.core.errors import NotFound
from app.core.ids import from_text, to_text
from app.disconnection.erasures.models import ErasureScope
from app.disconnection.erasures.report import report_of
from app.disconnection.erasures.routes import erase as begin_erasure
from app.disconnection.erasures.services import erasure_text, get_erasure
from app.disconnection.person_data.routes import HEADERS as FILE_HEADERS
from app.disconnection.person_data.routes import read as read_person_data
from app.intake.persons.services import Subject

REPORT_PATH: Final = f"{PATH}/erasure"
_ACTOR: Final = "person"
_YES: Final = "yes"


def download(caller: Caller) -> Response:
    """Everything that is held on the person, as a file that is made while it is sent."""
    visit = caller.come_in()
    caller.form(visit)
    blocks = read_person_data(
        caller.here.doorstep,
        workspace=visit.workspace,
        person=visit.row.person,
        locale=caller.language,
        actor=_ACTOR,
        at=caller.at,
    )
    return Response(blocks, headers={**PAGE_HEADERS, **dict(FILE_HEADERS)})


def withdraw(caller: Caller) -> Response:
    """Asks whether all votes are to be withdrawn, and withdraws them."""
    visit = caller.come_in()
    if not caller.is_post:
        return page(withdraw_page(visit, caller.language))
    caller.form(visit)
    return _begin(caller, visit, ErasureScope.VOTES)


def erase(caller: Caller) -> Response:
    """Asks whether the person is to be erased, and does so once the box is ticked."""
    visit = caller.come_in()
    if not caller.is_post:
        return page(erase_page(visit, caller.language))
    fields = caller.form(visit)
    if fields.get("sure") != _YES:
        return page(erase_page(visit, caller.language))
    return _begin(caller, visit, ErasureScope.PERSON, forget_wishes=fields.get("forget") == _YES)


def _begin(caller: Caller, visit: Visit, scope: ErasureScope, *, forget_wishes: bool = False) -> Response:
    begun = begin_erasure(
        caller.intake,
        workspace=visit.workspace,
        subject=Subject(person=visit.row.person),
        scope=scope,
        forget_wishes=forget_wishes,
        actor=_ACTOR,
        at=caller.at,
    )
    return _show(caller, visit.workspace, erasure_text(begun.id))


def _show(caller: Caller, workspace: Workspace, reference: str) -> Response:
    """Leads to the report. Its reference is in a cookie: an address ends up in histories."""
    remembered = f"{to_text(WORKSPACE_PREFIX, workspace.id)}.{reference}"
    set_cookie = cookie(caller.intake.settings, caller.request, remembered, name=ERASURE_COOKIE)
    return caller.see_other(REPORT_PATH, set_cookie=set_cookie)


def report(caller: Caller) -> Response:
    """How an erasure stands: the one that was just asked for, or the one whose reference is entered.

    The report is about nobody once it is done, and whoever has its reference may read it.
    """
    if caller.is_post:
        visit = caller.come_in()
        return _show(caller, visit.workspace, caller.form(visit).get("reference", "").strip()[:100])
    remembered = cookie_of(caller.intake.settings, caller.request, name=ERASURE_COOKIE)
    workspace_text, _, reference = remembered.partition(".")
    workspace_id = from_text(WORKSPACE_PREFIX, workspace_text)
    workspace = None if workspace_id is None else caller.intake.directory.find_workspace(workspace_id)
    if workspace is None:
        raise PageClosed
    present = _still_here(caller, workspace)
    try:
        found = caller.intake.db.fetch(lambda tx: get_erasure(tx, workspace_id=workspace.id, text=reference))
    except NotFound:
        return page(report_page(workspace, caller.language, visit=present, report=None), NotFound.status)
    told = report_of(found, settings=caller.intake.settings)
    return page(report_page(workspace, caller.language, visit=present, report=told))


def _still_here(caller: Caller, workspace: Workspace) -> Visit | None:
    """The visitor, while their session lasts: an erasure ends it."""
    try:
        visit = caller.come_in()
    except PageClosed:
        return None
    return visit if visit.workspace.id == workspace.id else None

"""The settings page: forms that work without scripts, each answered by a redirect: reloading repeats nothing."""

import flask
from flask import Flask, Response

from app.console.preferences import choices
from app.console.preferences.caller import Caller, Respond, page, redirect
from app.console.preferences.endings import REPORT_PATH, download, erase, report, withdraw
from app.console.preferences.view import choices_page, message_page
from app.console.preferences.visits import (
    ERASURE_COOKIE,
    PATH,
    FormRefused,
    PageClosed,
    Visit,
    cookie,
    cookie_of,
    open_link,
)
from app.core.errors import InvalidParameter
from app.core.http.edge import as_response, problem_reply
from app.core.http.request import Request
from app.core.languages import FALLBACK, LANGUAGES
from app.core.turns import COMPUTING
from app.disconnection.holdings.services import count_holdings
from app.intake.comparisons.signals import counts_as_opt_out
from app.intake.consents.services import list_consents
from app.intake.preference_links.routes import OPEN_PATH
from app.operations.installation import Installation


def register(app: Flask) -> None:
    """Adds the page. It is public as an address; a link of the host's, then a cookie, says whose page it is."""
    here: Installation = app.extensions["pairvote"]

    def add(path: str, respond: Respond, *methods: str) -> None:
        def view(link: str = "") -> Response:
            return _answer(here, respond, link)

        app.add_url_rule(path, f"page:{path}", view, methods=list(methods))

    add(f"{OPEN_PATH}/<link>", _open, "GET")
    add(PATH, _choices, "GET", "POST")
    add(f"{PATH}/data", download, "POST")
    add(f"{PATH}/withdraw", withdraw, "GET", "POST")
    add(f"{PATH}/erase", erase, "GET", "POST")
    add(REPORT_PATH, report, "GET", "POST")


def _answer(here: Installation, respond: Respond, link: str) -> Response:
    language = flask.request.accept_languages.best_match(LANGUAGES, FALLBACK)
    try:
        caller = Caller(here, link)
        language = caller.language
        with COMPUTING:
            return respond(caller)
    except (PageClosed, FormRefused) as refused:
        if isinstance(refused, FormRefused):
            return page(message_page("refused", language), refused.status)
        has_report = bool(
            cookie_of(here.intake.settings, Request(flask.request.environ), name=ERASURE_COOKIE)
        )
        return page(message_page("closed", language, has_report=has_report), refused.status)
    except Exception as error:  # noqa: BLE001 - as for every call: a crash is logged by its place alone
        # Never with the address: a link's secret is in it.
        reply = problem_reply(error, Request(flask.request.environ), "preferences_page")
        if reply.status < 500:
            return as_response(reply)
        waiting = {name: value for name, value in reply.headers if name == "Retry-After"}
        return page(message_page("unavailable", language), reply.status, **waiting)


def _open(caller: Caller) -> Response:
    """Lets the holder of a link in, and takes its secret out of the address.

    A HEAD request, as scanners of mails and chats send, opens nothing. Nor does a GET use the link up.
    """
    set_cookie = None
    if caller.request.method != "HEAD":
        session = open_link(caller.intake, caller.link, at=caller.at)
        set_cookie = cookie(caller.intake.settings, caller.request, session.text)
    hidden = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
    return redirect(PATH, set_cookie, **hidden)


def _choices(caller: Caller) -> Response:
    visit = caller.come_in()
    if caller.is_post:
        return _change(caller, visit)
    intake, at = caller.intake, caller.at
    this = {"workspace_id": visit.workspace.id, "person": visit.row.person}
    answer_ms = intake.answer_ms(visit.workspace)
    text = choices_page(
        visit,
        caller.language,
        held=intake.db.fetch(lambda tx: choices.find_choices(tx, visit, at=at)),
        kept=intake.db.fetch(lambda tx: count_holdings(tx, **this, answer_ms=answer_ms, at=at)),
        history=intake.db.fetch(lambda tx: list_consents(tx, **this)),
        told="told" in flask.request.args,
        gpc=_signal(caller, visit),
    )
    return page(text)


def _signal(caller: Caller, visit: Visit) -> str | None:
    """What follows from a browser's Global Privacy Control; None where it sends none."""
    if caller.request.header("SEC_GPC") != "1":
        return None
    counts = counts_as_opt_out(caller.intake, visit.workspace.id, caller.request)
    return "gpc" if counts else "gpc_ignored"


def _change(caller: Caller, visit: Visit) -> Response:
    fields, at = caller.form(visit), caller.at
    match fields.get("action"):
        case "save":
            caller.change(lambda tx: choices.save(tx, visit, fields, at=at))
        case "undo":
            caller.change(lambda tx: choices.undo(tx, visit, at=at))
        case "unmute":
            caller.change(lambda tx: choices.unmute(tx, visit, at=at))
        case "widen":
            caller.change(lambda tx: choices.widen(tx, visit, at=at))
        case _:
            raise InvalidParameter("The form does not say what to do.")
    return caller.see_other(PATH, told=True)

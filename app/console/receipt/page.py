"""The page `/receipt`: a form that works without scripts, and a small script that makes it quicker.

Nothing here needs protection against forged requests: there is no session to ride on, and whoever sends the form has
the receipt, which is all the right there is. The receipt comes in the body and is never written into an answer.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import flask
from flask import Flask, Response
from markupsafe import Markup, escape

from app.console.forms import read_form
from app.console.pages import HEADERS, render
from app.console.receipt.texts import TEXTS
from app.core.clock import iso_date, rfc3339
from app.core.http.edge import problem_reply
from app.core.http.request import Request
from app.core.languages import FALLBACK, LANGUAGES, Texts, direction_of
from app.core.turns import COMPUTING
from app.disconnection.receipts.errors import ReceiptUnknown
from app.disconnection.receipts.models import ReceiptState
from app.disconnection.receipts.routes import LookedUp, look_up, withdraw
from app.operations.installation import Installation
from app.research.exports.holding import HeldExport

PATH: Final = "/receipt"
UNKNOWN: Final = "unknown"
UNAVAILABLE: Final = "unavailable"

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS: Final = {**HEADERS, "Content-Security-Policy": _POLICY, "Vary": "Accept-Language"}
# People paste the whole link, or a line of white space with it.
_RECEIPT: Final = re.compile(r"pvr_[A-Za-z0-9_-]{32}")


class ShownExport(NamedTuple):
    """What the page says of a data set."""

    id: str
    purpose: str | None
    week: Markup


class Shown(NamedTuple):
    """What the page says of a vote."""

    state: str
    text: Markup
    can_be_withdrawn: bool = False
    exports: Sequence[ShownExport] | None = None
    """The data sets that have the vote; None where there is nothing to say of them."""
    exports_known: bool = True
    is_tombstoned: bool = False


def register(app: Flask) -> None:
    """Adds the page; it is public, and opens the intake zone when somebody sends the form."""
    here: Installation = app.extensions["pairvote"]
    app.add_url_rule(PATH, f"page:{PATH}", lambda: _view(here), methods=["GET", "POST"])


def _view(here: Installation) -> Response:
    language = _language()
    if flask.request.method == "POST":
        return _answer(here, language)
    response = Response(_empty_page(language), headers=_HEADERS)
    response.add_etag()
    response.make_conditional(flask.request)
    return response


def _language() -> str:
    """What the address asks for, or else the best of what the browser asks for."""
    asked = flask.request.args.get("lang", "")
    return asked if asked in TEXTS else flask.request.accept_languages.best_match(LANGUAGES, FALLBACK)


def _answer(here: Installation, language: str) -> Response:
    request = Request(flask.request.environ)
    texts = TEXTS[language]
    headers, status = {**_HEADERS, "Cache-Control": "no-store"}, 200
    try:
        # Before anything is computed: however slowly it arrives, nobody else waits for it.
        fields = read_form(request)
        with COMPUTING:
            shown = _act(here, fields, texts)
    except ReceiptUnknown as unknown:
        shown, status = _shown(UNKNOWN, texts), unknown.status
    except Exception as error:  # noqa: BLE001 - as for every call: a crash is logged by its place alone
        reply = problem_reply(error, request, "receipt_page")
        if reply.status < 500:
            return Response(reply.body, status=reply.status, headers=reply.headers)
        shown, status = _shown(UNAVAILABLE, texts), reply.status
        headers |= {name: value for name, value in reply.headers if name == "Retry-After"}
    return Response(_page(language, shown), status=status, headers=headers)


def _act(here: Installation, fields: dict[str, str], texts: Texts) -> Shown:
    """Looks the receipt up, or withdraws its vote where that is wanted and confirmed. ReceiptUnknown."""
    found = _RECEIPT.search(fields.get("receipt", ""))
    if found is None:
        raise ReceiptUnknown
    receipt, at = found[0], here.clock()
    if fields.get("action") == "withdraw" and fields.get("sure") == "yes":
        return _shown(withdraw(here.intake, receipt, at=at), texts)
    return _of_looked_up(look_up(here.doorstep, receipt, at=at), texts)


def _of_looked_up(found: LookedUp, texts: Texts) -> Shown:
    standing, holding = found
    times: dict[str, Markup] = {}
    if standing.undo_until is not None:
        exact = rfc3339(standing.undo_until)
        times["undo_until"] = _time(exact, f"{exact[:10]} {exact[11:16]} UTC")
    if standing.week is not None:
        times["week"] = _time(iso_date(standing.week), iso_date(standing.week))
    shown = _shown(standing.state, texts, **times)._replace(is_tombstoned=bool(standing.is_tombstoned))
    if standing.link is None:
        return shown
    exports = [_shown_export(export, texts) for export in holding.exports] if holding else []
    return shown._replace(exports=exports, exports_known=holding is not None and holding.is_whole)


def _shown_export(export: HeldExport, texts: Texts) -> ShownExport:
    week = escape(texts["export_week"]).replace("{week}", _time(export.created_week, export.created_week))
    return ShownExport(export.id, export.purpose, week)


def _time(exact: str, readable: str) -> Markup:
    return Markup('<time datetime="{}" dir="ltr">{}</time>').format(exact, readable)


def _shown(state: str, texts: Texts, **times: Markup) -> Shown:
    """What is said of a state; a time that is not given is left for the script to fill in."""
    text = escape(texts[f"{state}_text"])
    for name in ("undo_until", "week"):
        text = text.replace(f"{{{name}}}", times.get(name, Markup("<time></time>")))
    can_be_withdrawn = state in set(ReceiptState) and ReceiptState(state).can_be_withdrawn
    return Shown(str(state), text, can_be_withdrawn)


@cache
def _empty_page(language: str) -> str:
    return _page(language, None)


def _page(language: str, shown: Shown | None) -> str:
    texts = TEXTS[language]
    values: dict[str, Any] = {
        "language": language,
        "direction": direction_of(language),
        "languages": {each: TEXTS[each]["name"] for each in LANGUAGES},
        "texts": texts,
        "shown": shown,
        "states": [_shown(state, texts) for state in (*ReceiptState, UNKNOWN, UNAVAILABLE)],
    }
    return render("receipt.html", **values)

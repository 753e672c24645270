"""One request of the settings page: who asks, in which language, and how it is answered."""

from collections.abc import Callable
from typing import Final

import flask
from flask import Response

from app.console.forms import read_form
from app.console.pages import HEADERS
from app.console.preferences.choices import UselessKeys
from app.console.preferences.texts import TEXTS
from app.console.preferences.visits import Visit, check_form, find_visit
from app.core.connections import Transaction
from app.core.http.request import Request
from app.core.languages import FALLBACK, LANGUAGES, language_of
from app.operations.installation import Installation

_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
# A browser names the origin of a form only where the policy lets it; other sites are told nothing either way.
PAGE_HEADERS: Final = {
    **HEADERS,
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Language, Cookie, Sec-GPC",
}
_REDIRECT: Final = 303


class Caller:
    """One request of the page."""

    def __init__(self, here: Installation, link: str) -> None:
        self.link = link
        self.intake = here.intake
        self.here = here
        self.request = Request(flask.request.environ)
        self.at = here.clock()
        self.visit: Visit | None = None
        # Before anything is computed: however slowly it arrives, nobody else waits for it.
        self.fields = read_form(self.request) if self.is_post else {}

    @property
    def is_post(self) -> bool:
        """Whether a form was sent."""
        return self.request.method == "POST"

    @property
    def language(self) -> str:
        """What the address asks for, or the host for this person, or else the best of what the browser asks for."""
        asked = flask.request.args.get("lang", "")
        if asked in TEXTS:
            return asked
        told = language_of(self.visit.row.locale if self.visit is not None else None)
        return (
            told if told and told in TEXTS else flask.request.accept_languages.best_match(LANGUAGES, FALLBACK)
        )

    def come_in(self) -> Visit:
        """Who the visitor is. PageClosed."""
        self.visit = find_visit(self.intake, self.request, at=self.at)
        return self.visit

    def form(self, visit: Visit) -> dict[str, str]:
        """The form that the visitor's own page has sent. FormRefused."""
        check_form(self.intake.settings, self.request, visit, self.fields)
        return self.fields

    def change(self, work: Callable[[Transaction], UselessKeys]) -> None:
        """Makes a change durably, and destroys at once the keys that nothing needs any more."""
        useless_keys = self.intake.db.write(work)
        if useless_keys:
            self.intake.data_keys.destroy(useless_keys)

    def see_other(self, path: str, *, told: bool = False, set_cookie: str | None = None) -> Response:
        """Sends the browser on; `told` has it say what was done."""
        address = f"{path}?lang={self.language}" + ("&told=1#told" if told else "")
        return redirect(address, set_cookie)


Respond = Callable[[Caller], Response]


def redirect(address: str, set_cookie: str | None = None, **headers: str) -> Response:
    """An answer that sends the browser to another page of ours."""
    if set_cookie is not None:
        headers["Set-Cookie"] = set_cookie
    return Response(status=_REDIRECT, headers={**PAGE_HEADERS, **headers, "Location": address})


def page(text: str, status: int = 200, **headers: str) -> Response:
    """A page as an answer."""
    return Response(text, status=status, headers={**PAGE_HEADERS, **headers})

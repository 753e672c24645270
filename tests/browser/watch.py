"""A page under watch: whatever it says, breaks, asks of a stranger or leaves behind fails the test."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

EVENTS: Final = tuple(
    f"pairvote:{name}" for name in ("ready", "vote", "undo", "skip", "optout", "report", "expired", "error")
)
# Runs before every page's own scripts: notes what the host would hear, and what the policy forbade.
RECORDER: Final = """
window.pairvoteHeard = []; window.policyViolations = []; window.layoutShifts = [];
for (const name of NAMES)
  document.addEventListener(name, (event) => window.pairvoteHeard.push({name, detail: event.detail}));
document.addEventListener("securitypolicyviolation", (event) =>
  window.policyViolations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
new PerformanceObserver((list) => {
  for (const shift of list.getEntries())
    if (!shift.hadRecentInput)
      window.layoutShifts.push([shift.value, ...shift.sources.map(({node, previousRect, currentRect}) =>
        `${node?.nodeName} ${node?.className} from ${previousRect.y} to ${currentRect.y}`)]);
}).observe({type: "layout-shift", buffered: true});
""".replace("NAMES", str(list(EVENTS)))
_LEFT_BEHIND: Final = """async () => ({
  cookie: document.cookie,
  local: localStorage.length,
  session: sessionStorage.length,
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""
_NOTHING: Final = {"cookie": "", "local": 0, "session": 0, "databases": 0, "caches": 0, "workers": 0}


class Watch:
    """Collects from the page's first moment; `finish` says what was wrong."""

    def __init__(self, page: Page, origins: set[str]) -> None:
        self._page = page
        self._origins = origins
        self._allowed: list[str] = []
        self._said: list[str] = []
        self.requests: list[Request] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._said.append(f"error: {error}"))
        page.on("crash", lambda _: self._said.append("the page crashed"))
        page.on("request", self._note)

    def allow(self, pattern: str) -> None:
        """A console message that the test provokes: any that this pattern is found in."""
        self._allowed.append(pattern)

    @property
    def addresses(self) -> list[str]:
        """What was asked for, in order, the page itself and its own style sheet left out."""
        own = ("/page/", "/host.css", "/favicon.ico", "/example/")
        return [
            f"{request.method} {urlsplit(request.url).path}"
            for request in self.requests
            if not urlsplit(request.url).path.startswith(own)
        ]

    @property
    def heard(self) -> list[dict[str, Any]]:
        """The events that reached the host's document so far."""
        heard: list[dict[str, Any]] = self._page.evaluate("window.pairvoteHeard")
        return heard

    def finish(self) -> None:
        """Fails on anything that a host would not want in its page."""
        unexpected = [said for said in self._said if not self._is_allowed(said)]
        assert not unexpected, unexpected
        strangers = {request.url for request in self.requests if not self._is_known(request.url)}
        assert not strangers, f"somebody else was asked: {strangers}"
        if self._page.is_closed() or not self._page.url.startswith("http"):
            return
        violations = self._page.evaluate("window.policyViolations")
        unexpected = [each for each in violations if not self._is_allowed(each)]
        assert not unexpected, unexpected
        left_behind = self._page.evaluate(_LEFT_BEHIND)
        assert left_behind == _NOTHING, left_behind
        cookies = _cookies(self._page.context)
        assert not cookies, cookies

    def _note(self, request: Request) -> None:
        self.requests.append(request)

    def _hear(self, message: ConsoleMessage) -> None:
        self._said.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _is_allowed(self, said: str) -> bool:
        return any(re.search(pattern, said) for pattern in self._allowed)

    def _is_known(self, url: str) -> bool:
        parts = urlsplit(url)
        return (
            parts.scheme in {"data", "blob", "about"} or f"{parts.scheme}://{parts.netloc}" in self._origins
        )


def _cookies(context: BrowserContext) -> list[str]:
    return [cookie.get("name", "") for cookie in context.cookies()]

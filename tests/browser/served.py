"""A served installation as a host product uses it: a server, the host's site, and comparisons registered over HTTP."""

import contextlib
import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx

from tests.browser.site import HostSite
from tests.serving import NewWorkspace, Server
from tests.stores import Backend, fresh_stores

_WAIT_SECONDS: Final = 20
_FIRST: Final = "A kettle **boils** water.\n\n1. Fill it.\n2. Switch it on.\n3. Wait."
_SECOND: Final = "Put water into a kettle and switch it on. It takes about *three minutes*."


class Comparison(NamedTuple):
    """A registered comparison; `left` and `right` are what the person is shown there."""

    id: str
    ticket: str
    left: Any
    right: Any
    models: tuple[str, str]


class Served:
    """One workspace of one installation, whose registered origin is the host's site."""

    def __init__(self, server: Server, site: HostSite, made: NewWorkspace) -> None:
        self.server = server
        self.site = site
        self.workspace_id = made.workspace_id
        self._client = httpx.Client(
            base_url=server.url,
            headers={"Authorization": f"Bearer {made.api_key}"},
            trust_env=False,
            timeout=30,
        )
        self._people = itertools.count(1)

    @contextlib.contextmanager
    def other_workspace(self, name: str, *options: str) -> Iterator["Served"]:
        """A second workspace of the same site; `options` are what `flask workspace set` takes."""
        made = self.server.create_workspace(name, "--origin", self.site.origin)
        self.server.run("workspace", "set", name, *options)
        with contextlib.closing(Served(self.server, self.site, made)) as other:
            yield other

    def close(self) -> None:
        """Ends the host's own connections."""
        self._client.close()

    def register(
        self,
        first: Any = _FIRST,
        second: Any = _SECOND,
        *,
        models: tuple[str, str] = ("m-1", "m-2"),
        **more: Any,
    ) -> Comparison:
        """Registers two responses as the host's server does; `more` replaces fields of the call."""
        body = {
            "identifiers": {"account": f"person-{next(self._people)}", "conversation": "talk"},
            "conversation": [{"role": "user", "content": "How do I boil water?"}],
            "responses": [
                {"model": model, "content": content, "finish_reason": "stop"}
                for model, content in zip(models, (first, second), strict=True)
            ],
            "surface": "test",
            "locale": "en",
        }
        answer = self.call("POST", "/v1/comparisons", json=body | more)
        assert answer["status"] == "open", answer
        at_left, at_right = answer["order"]
        contents = (first, second)
        return Comparison(
            answer["id"],
            answer["ticket"],
            contents[at_left],
            contents[at_right],
            (models[at_left], models[at_right]),
        )

    def state(self, comparison: Comparison) -> dict[str, Any]:
        """What the host is told of a comparison."""
        return self.call("GET", f"/v1/comparisons/{comparison.id}")

    def wait_for_state(self, comparison: Comparison, state: str) -> None:
        """Returns when the server says so; what the page told the host may still be on its way."""
        deadline = time.perf_counter() + _WAIT_SECONDS
        while (found := self.state(comparison)["state"]) != state:
            assert time.perf_counter() < deadline, found
            time.sleep(0.05)

    def call(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        """A call of the host's server that has to succeed."""
        response = self._client.request(method, path, **more)
        assert response.is_success, response.text
        answer: dict[str, Any] = response.json()
        return answer


@contextlib.contextmanager
def serve(
    folder: Path, *, backend: Backend = "sqlite", options: tuple[str, ...] = (), **settings: str
) -> Iterator[Served]:
    """Serves an installation; `settings` are more of its settings, `options` of its workspace."""
    with fresh_stores(backend, folder) as stores, HostSite() as site:
        environment = {
            "PAIRVOTE_DATA": str(folder / "data"),
            "PAIRVOTE_DATABASE_URL": stores.intake,
            "PAIRVOTE_RESEARCH_URL": stores.research,
            "PAIRVOTE_KEYSTORE_URL": stores.keystore,
            "PAIRVOTE_LOG_LEVEL": "warning",
            **settings,
        }
        with Server(environment, log=folder / "server.log") as server:
            site.pairvote = server.url
            made = server.create_workspace("Host", "--origin", site.origin, *options)
            served = Served(server, site, made)
            with contextlib.closing(served):
                yield served

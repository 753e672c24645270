"""An installation with one workspace, driven over HTTP as its host, its people and its operator drive it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.core.clock import MS_PER_DAY
from app.core.settings import Settings
from app.operations.installation import Installation
from app.operations.jobs import job_runner
from app.operations.start import check_start
from app.privacy.keyring import load_or_create
from tests.clock import MovableClock
from tests.stores import Stores

_ORIGIN: Final = "https://host.example"
PROMPT: Final = "Why is the sky blue?"
MODELS: Final = ("model-a", "model-b")


class World:
    """Everything that somebody can do to Pairvote, one call each."""

    def __init__(self, stores: Stores, folder: Path) -> None:
        self.clock = MovableClock()
        self._due: dict[str, int] = {}
        self._settings = Settings(
            data=folder / "data",
            database_url=stores.intake,
            research_url=stores.research,
            keystore_url=stores.keystore,
            name_models="off",
            jobs="off",
            cache_seconds=0,
            log_level="error",
        )
        self._settings.data.mkdir(mode=0o700)
        load_or_create(Path(self._settings.keyring), at=self.clock())
        self.app = self._open()
        made = self.command("workspace", "create", "Host product", "--origin", _ORIGIN, "--json")
        self._headers = {"Authorization": f"Bearer {json.loads(made)['api_key']}"}
        self.workspace_id: str = json.loads(made)["workspace_id"]
        self._ask_always()

    def _open(self) -> Flask:
        app = create_app(self._settings, self.clock)
        check_start(app.extensions["pairvote"])
        self._jobs = job_runner(app.extensions["pairvote"])._jobs
        self._client = app.test_client()
        return app

    @property
    def here(self) -> Installation:
        """What the process stands on now."""
        found: Installation = self.app.extensions["pairvote"]
        return found

    def restart(self) -> None:
        """Another process takes over."""
        self.here.close()
        self.app = self._open()

    def close(self) -> None:
        """Ends the process."""
        self.here.close()

    def command(self, *arguments: str) -> str:
        """What a command prints."""
        done = self.app.test_cli_runner().invoke(args=[*arguments], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    def rotate(self, purpose: str) -> None:
        """Rotates a key, moves data keys along, and restarts, as the command asks."""
        self.command("keys", "rotate", purpose)
        self.restart()
        if purpose in ("content", "record"):
            self.command("keys", "rewrap", purpose)

    def run_jobs(self) -> None:
        """Every job that is due: most each time, those of a slower pace once a day."""
        for job in self._jobs:
            if self.clock() >= self._due.get(job.name, 0):
                self._due[job.name] = self.clock() + (MS_PER_DAY if job.every_seconds else 0)
                job.sweep(self.clock())

    # ---------------------------------------------------------------------------------------- the host's server

    def post(self, path: str, body: Mapping[str, Any]) -> TestResponse:
        """A call of the host's server."""
        return self._client.post(path, json=body, headers=self._headers)

    def get(self, path: str) -> TestResponse:
        """A look of the host's server."""
        return self._client.get(path, headers=self._headers)

    def put(self, path: str, body: Mapping[str, Any]) -> TestResponse:
        """A PUT of the host's server."""
        return self._client.put(path, json=body, headers=self._headers)

    def register(self, identifiers: Mapping[str, str], *, gpc: bool, invitation: str | None = None) -> Any:
        """What registering a comparison answers. An invitation names the person by itself."""
        whom: dict[str, Any] = {"invitation": invitation} if invitation else {"identifiers": identifiers}
        body = {
            **whom,
            "conversation": [{"role": "user", "content": PROMPT}],
            "responses": [{"model": model, "content": f"{model[-1]} says so."} for model in MODELS],
            "signals": {"gpc": gpc},
        }
        answer = self.post("/v1/comparisons", body)
        assert answer.status_code == 201, answer.data
        return answer.get_json()

    def feedback(self, path: str, body: Mapping[str, Any], *, target: str | None) -> TestResponse:
        """What giving or offering feedback on a response answers."""
        told = {
            "target": {"type": "response"} if target is None else target,
            "conversation": [
                {"role": "user", "content": PROMPT},
                {"role": "assistant", "content": "Because of scattering."},
            ],
            "model": MODELS[0],
        }
        return self.post(path, told | dict(body))

    def delete(self, path: str) -> TestResponse:
        """The host's server takes something back."""
        return self._client.delete(path, headers=self._headers)

    # --------------------------------------------------------------------------------- whoever holds something

    def ticket(
        self, method: str, path: str, ticket: str, body: Mapping[str, Any] | None = None
    ) -> TestResponse:
        """A call of the widget."""
        headers = {"Authorization": f"Bearer {ticket}", "Origin": _ORIGIN}
        return self._client.open(path, method=method, json=body, headers=headers)

    def receipt(self, verb: str, receipt: str) -> TestResponse:
        """A call of whoever holds a receipt."""
        return self._client.post(f"/v1/receipts/{verb}", json={"receipt": receipt})

    def _ask_always(self) -> None:
        policy = self.get("/v1/policy").get_json()["policy"]
        policy |= {
            "sampling_rate": 1,
            "cooldown_after_vote_seconds": 0,
            "cooldown_after_skip_seconds": 0,
            "person_budget_per_day": 1_000,
        }
        answer = self.put("/v1/policy", {"policy": policy})
        assert answer.status_code == 200, answer.data

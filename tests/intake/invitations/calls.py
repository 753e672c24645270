"""What a host and a widget do around invitations, over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient


@dataclass(frozen=True)
class Calls:
    """One host's calls; each checks that it was answered as expected."""

    client: FlaskClient
    headers: dict[str, str]

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        expect: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Any call of the host's server; the answer's body."""
        sent = {**self.headers, **(headers or {})}
        response = self.client.open(path, method=method, json=body, headers=sent)
        assert response.status_code == expect, response.get_data(as_text=True)
        answer: dict[str, Any] = response.get_json()
        return answer

    def invite(self, account: str = "user", /, **more: Any) -> dict[str, Any]:
        """Asks whether somebody may be asked."""
        return self.send("POST", "/v1/invitations", {"identifiers": {"account": account}, **more})

    def reason(self, account: str = "user", /, **more: Any) -> str | None:
        """Why somebody is not asked; None when they are."""
        reason: str | None = self.invite(account, **more).get("reason")
        return reason

    def set_policy(self, **policy: Any) -> dict[str, Any]:
        """Sets the policy."""
        return self.send("PUT", "/v1/policy", {"policy": policy})

    def dry_run(self, *, decisions: int = 0, **policy: Any) -> dict[str, Any]:
        """Tries a policy."""
        return self.send("POST", "/v1/policy/dry-run", {"policy": policy, "decisions": decisions})

    def register(
        self, *, models: tuple[str, str] = ("model-a", "model-b"), expect: int = 201, **more: Any
    ) -> dict[str, Any]:
        """Registers a comparison, with `invitation` or `identifiers` among the rest."""
        body = {
            "conversation": [{"role": "user", "content": "Why is the sky blue?"}],
            "responses": [
                {"model": model, "content": f"An answer, number {i}."} for i, model in enumerate(models)
            ],
            **more,
        }
        return self.send("POST", "/v1/comparisons", body, expect=expect)

    def invite_and_register(self, account: str = "user", /, **more: Any) -> str:
        """The ticket of a comparison to which somebody was invited."""
        invitation = self.invite(account, **more)
        assert invitation["ask"], invitation
        models = tuple(invitation.get("models", ("model-a", "model-b")))
        registered = self.register(invitation=invitation["invitation"], models=models)
        ticket: str = registered["ticket"]
        return ticket

    def show(self, ticket: str) -> None:
        """Shows a comparison."""
        self._with_ticket("GET", "/v1/ticket", ticket)

    def vote(self, ticket: str) -> None:
        """Votes."""
        self._with_ticket("PUT", "/v1/ticket/vote", ticket, {"choice": "left"})

    def skip(self, ticket: str) -> None:
        """Skips."""
        self._with_ticket("POST", "/v1/ticket/skip", ticket, {"reason": "not_now"})

    def _with_ticket(self, method: str, path: str, ticket: str, body: Any = None) -> None:
        response = self.client.open(
            path, method=method, json=body, headers={"Authorization": f"Bearer {ticket}"}
        )
        assert response.status_code == 200, response.get_data(as_text=True)

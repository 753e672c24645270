"""A person on their settings page, without scripts, let in by a link of the host's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.intake.preference_links.models import preference_links
from app.operations.installation import Installation
from tests.conftest import Host
from tests.console.html_page import Element, read_page
from tests.intake.conftest import HostServer
from tests.intake.documents.conftest import Operator
from tests.tables import rows_of

WHO = {"account": "anna", "conversation": "talk-9"}


@dataclass
class Visitor:
    """A browser that keeps cookies and follows redirects when told to."""

    client: FlaskClient
    host: HostServer

    def link(self, **more: Any) -> str:
        """The path of a new link of the host's."""
        made = self.host.post("/v1/preference-links", {"identifiers": WHO, **more})
        assert made.status_code == 201, made.text
        return str(urlsplit(made.get_json()["url"]).path)

    def come(self, **more: Any) -> Element:
        """Follows a new link; the page."""
        answer = self.client.get(self.link(**more))
        assert (answer.status_code, answer.headers["Location"]) == (303, "/preferences"), answer.text
        return self.page()

    def page(self, path: str = "/preferences", **headers: str) -> Element:
        """The page at an address."""
        answer = self.client.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        return read_page(answer.text)

    def send(
        self, page: Element, action: str = "", *, form: str = "/preferences", **fields: str | None
    ) -> Element:
        """Fills in a page's form and presses a button; the page that comes."""
        address = form_of(page, form, action).attributes["action"]
        answer = self.post(address, fields_of(page, form, action) | fields)
        assert answer.status_code == 303, answer.text
        return self.page(answer.headers["Location"].partition("#")[0])

    def sessions(self, installation: Installation) -> Sequence[Any]:
        """The rows of links and their sessions."""
        return rows_of(installation.intake_db, preference_links)

    def post(self, path: str, fields: Mapping[str, str | None], **headers: str) -> TestResponse:
        """Sends a form; None leaves a field out."""
        sent = {name: value for name, value in fields.items() if value is not None}
        return self.client.post(path, data=sent, headers=headers)


def form_of(page: Element, form: str, action: str) -> Element:
    """The form for an address that has a button."""
    (found,) = [
        each
        for each in page.all("form")
        if each.attributes["action"].partition("?")[0] == form
        and (not action or action in [button.attributes.get("value") for button in each.all("button")])
    ]
    return found


def fields_of(page: Element, form: str, action: str) -> dict[str, str]:
    """What a browser would send of the form with that button."""
    found = form_of(page, form, action)
    sent = {}
    for field in found.all("input"):
        if field.attributes["type"] == "hidden" or "checked" in field.attributes:
            sent[field.attributes["name"]] = field.attributes["value"]
    return sent | ({"action": action} if action else {})


def said(page: Element) -> str:
    """What the page says was done."""
    (told,) = [each for each in page.all("div") if each.attributes.get("role") == "status"]
    return told.all("p")[0].text if told.children else ""


@pytest.fixture
def visitor(app: Flask, workspace: Host) -> Visitor:
    """Anna."""
    return Visitor(app.test_client(), HostServer(app.test_client(use_cookies=False), workspace))


@pytest.fixture
def operator(app: Flask, workspace: Host, tmp_path: Path) -> Operator:
    """Who publishes the workspace's documents."""
    return Operator(app, workspace, tmp_path)

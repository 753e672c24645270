"""Reports as they are stored, and as an operator reads them."""

import json
from typing import Any

from flask import Flask

from app.operations.installation import Installation
from app.privacy.models import content_keys
from app.trust.reports.models import reports
from tests.tables import rows_of


def listed(app: Flask, *options: str) -> list[dict[str, Any]]:
    """What `flask report list` prints."""
    rows: list[dict[str, Any]] = json.loads(run(app, "list", "--json", *options))
    return rows


def shown(app: Flask, reference: str) -> dict[str, Any]:
    """What `flask report show` prints."""
    told: dict[str, Any] = json.loads(run(app, "show", reference, "--json"))
    return told


def run(app: Flask, *arguments: str) -> str:
    """What a command around reports prints."""
    result = app.test_cli_runner().invoke(args=["report", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def key_ids(here: Installation) -> set[bytes]:
    """The data keys there are."""
    return {bytes(row.id) for row in rows_of(here.keystore_db, content_keys)}


def keys_of_reports(here: Installation) -> set[bytes]:
    """The data keys that reports are sealed under."""
    return {bytes(row.key_id) for row in rows_of(here.intake_db, reports)}

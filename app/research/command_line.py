"""What the research zone's commands share."""

from typing import Any, Final

import click
from flask import current_app

from app.research.zone import Research

AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def research_zone() -> Research:
    """The research zone of the running command."""
    here: Any = current_app.extensions["pairvote"]
    zone: Research = here.research
    return zone

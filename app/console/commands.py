"""Commands that write the API's description and the reference pages made from the code."""

from pathlib import Path
from typing import Final

import click
from flask import current_app
from flask.cli import with_appcontext

from app.console.error_list import errors_markdown
from app.console.reference import Reference
from app.console.setting_list import settings_markdown
from app.operations.data_map import data_map
from app.operations.retention.document import retention_markdown


@click.command("openapi")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file, not to the terminal.",
)
@with_appcontext
def openapi(output: Path | None) -> None:
    """Write the OpenAPI 3.1 document of this role's API."""
    reference: Reference = current_app.extensions["reference"]
    if output is None:
        click.echo(reference.document_json, nl=False)
        return
    output.write_bytes(reference.document_json)


@click.group("docs")
def docs() -> None:
    """Reference pages that are made from the code."""


@docs.command("errors")
def errors() -> None:
    """Print docs/errors.md."""
    click.echo(errors_markdown(), nl=False)


@docs.command("settings")
def settings() -> None:
    """Print docs/settings.md."""
    click.echo(settings_markdown(), nl=False)


@docs.command("data-map")
def print_data_map() -> None:
    """Print docs/data-map.md."""
    click.echo(data_map(), nl=False)


@docs.command("retention")
def print_retention() -> None:
    """Print docs/retention.md."""
    click.echo(retention_markdown(), nl=False)


commands: Final = (openapi, docs)

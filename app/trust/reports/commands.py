"""Commands around reports: which there are, and what one says."""

import json
from typing import Any, Final

import click
from flask import current_app
from flask.cli import AppGroup

from app.access.workspaces.commands import find_workspace
from app.access.workspaces.services import workspace_text
from app.core.clock import iso_date
from app.core.ids import from_text
from app.privacy.sealing import SealBroken
from app.trust.reports import services
from app.trust.reports.models import ReportHead, ReportState
from app.trust.reports.queries import FIND_REPORT, reports_listed

_ACTOR: Final = "operator"
_STATE: Final = click.Choice([state.value for state in ReportState])
_as_json: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group("report", cls=AppGroup)
def report() -> None:
    """Reports of responses, kept for 55 days."""


@report.command("list")
@click.option("--workspace", "workspace_ref", metavar="ID_OR_NAME", help="Only of this workspace.")
@click.option("--state", type=_STATE, help="Only those that nobody has read yet, or that somebody has.")
@_as_json
def list_reports(workspace_ref: str | None, state: str | None, as_json: bool) -> None:
    """List reports, the oldest first; nothing that anybody wrote."""
    here: Any = current_app.extensions["pairvote"]
    listed = reports_listed(
        find_workspace(workspace_ref).id if workspace_ref else None, ReportState(state) if state else None
    )
    rows = [_head(each) for each in here.intake_db.fetch(lambda tx: tx.list(listed))]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo("{day}  {reference}  {workspace_id}  {state:4}  {side:5}  {category}".format(**row))


@report.command("show")
@click.argument("reference")
@_as_json
def show(reference: str, as_json: bool) -> None:
    """Decrypt a report and print it; the audit trail says so."""
    here: Any = current_app.extensions["pairvote"]
    report_id = from_text(services.REPORT_PREFIX, reference)
    stored = here.intake_db.fetch(lambda tx: tx.find(FIND_REPORT, report_id=report_id)) if report_id else None
    try:
        content = services.open_report(here.intake.data_keys, report=stored) if stored else None
    except SealBroken:
        raise click.ClickException("This report is not as it was filed, and cannot be opened.") from None
    if stored is None or content is None:
        raise click.ClickException("There is no such report (any more); `flask report list` shows all.")
    here.intake_db.write(lambda tx: services.note_read(tx, report=stored.head, actor=_ACTOR, at=here.clock()))
    told = {**_head(stored.head), "state": ReportState.SEEN.value, **content}
    click.echo(json.dumps(told) if as_json else _for_reading(told))


def _head(head: ReportHead) -> dict[str, str]:
    return {
        "reference": services.report_text(head.id),
        "workspace_id": workspace_text(head.workspace_id),
        "day": iso_date(head.day),
        "side": head.side,
        "category": head.category,
        "state": head.state,
    }


def _for_reading(told: dict[str, Any]) -> str:
    lines = [f"{name.replace('_', ' ')}: {told[name]}" for name in ("reference", "workspace_id", "day")]
    lines.append(f"{told['category']}, {told['side']}")
    parts = [("comment", told["comment"]), ("prompt", told["prompt"])]
    parts += [(f"{each['side']}, by {each['model']}", each["content"]) for each in told["responses"]]
    lines += [f"\n--- {title}\n{_text(content)}" for title, content in parts if content is not None]
    return _harmless("\n".join(lines))


def _text(content: Any) -> str:
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=2)


def _harmless(text: str) -> str:
    """Text whose control characters are spelled out: what strangers wrote must not steer the operator's terminal."""
    return "".join(c if c.isprintable() or c == "\n" else f"\\u{{{ord(c):x}}}" for c in text)


commands: Final = (report,)

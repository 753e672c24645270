"""Pairvote: an inline preference voting and feedback service."""

from collections.abc import Sequence
from multiprocessing.util import Finalize
from typing import Any, Final

import click
from flask import Flask

from app.access.workspaces import commands as workspace_commands
from app.console import commands as console_commands
from app.console import pages as console_pages
from app.console import routes as console
from app.console.documents import page as document_page
from app.console.preferences import page as preferences_page
from app.console.receipt import page as receipt_page
from app.console.reference import Reference
from app.core.clock import Clock, now_ms
from app.core.http import Operations
from app.core.http.edge import Edge
from app.core.jobs import JobRunner
from app.core.logging import configure
from app.core.settings import Settings
from app.demo import commands as demo_commands
from app.demo import pages as demo_pages
from app.demo import routes as demo_routes
from app.demo.host import Host
from app.disconnection import commands as disconnection_commands
from app.disconnection.erasures import routes as erasures
from app.disconnection.erasures import ticket_routes as withdrawals
from app.disconnection.person_data import routes as person_data
from app.disconnection.receipts import routes as receipts
from app.embed import pages as embed_pages
from app.intake.comparisons import routes as comparisons
from app.intake.documents import commands as document_commands
from app.intake.documents import routes as documents
from app.intake.feedback import routes as feedback
from app.intake.feedback import ticket_routes as feedback_tickets
from app.intake.invitations import commands as invitation_commands
from app.intake.invitations import routes as invitations
from app.intake.preference_links import routes as preference_links
from app.intake.preferences import routes as preferences
from app.intake.reports import routes as reports
from app.intake.uploads import routes as uploads
from app.intake.votes import routes as votes
from app.operations import commands as operation_commands
from app.operations import key_commands, pages, probes, widget_files
from app.operations.installation import Installation
from app.operations.jobs import job_runner
from app.operations.retention import commands as retention_commands
from app.operations.retention import routes as retention
from app.operations.start import check_start
from app.research.exports import commands as export_commands
from app.research.exports import routes as exports
from app.research.recall import routes as recall
from app.research.redaction import commands as redaction_commands
from app.research.webhooks import commands as webhook_commands
from app.research.webhooks import routes as webhooks
from app.trust.reports import commands as report_commands

INTAKE_FEATURES: Final[Sequence[Operations[Any]]] = (
    invitations.operations,
    comparisons.operations,
    votes.operations,
    uploads.operations,
    preferences.operations,
    preference_links.operations,
    reports.operations,
    feedback.operations,
    feedback_tickets.operations,
    documents.operations,
    erasures.operations,
    withdrawals.operations,
)
DOORSTEP_FEATURES: Final[Sequence[Operations[Any]]] = (receipts.operations, person_data.operations)
RESEARCH_FEATURES: Final[Sequence[Operations[Any]]] = (
    exports.operations,
    recall.operations,
    webhooks.operations,
)
EVERYWHERE: Final[Sequence[Operations[Any]]] = (probes.operations, retention.operations)
COMMANDS: Final[Sequence[click.Command]] = (
    *operation_commands.commands,
    *key_commands.commands,
    *retention_commands.commands,
    *workspace_commands.commands,
    *invitation_commands.commands,
    *document_commands.commands,
    *report_commands.commands,
    *disconnection_commands.commands,
    *export_commands.commands,
    *redaction_commands.commands,
    *webhook_commands.commands,
    *console_commands.commands,
    *demo_commands.commands,
)


def create_app(settings: Settings, clock: Clock = now_ms) -> Flask:
    """The application for a role: the only list of features. Opens nothing before it is needed."""
    configure(settings.log_level)
    app = Flask(__name__, static_folder=str(pages.STATIC_FOLDER))
    # An address has one spelling: a redirect would be built from the caller's Host header.
    app.url_map.merge_slashes = False
    here = Installation(settings, clock)
    app.extensions["pairvote"] = here
    edge = Edge(app, clock)
    app.extensions["edge"] = edge
    if settings.role.serves_intake:
        for operations in INTAKE_FEATURES:
            edge.mount(operations, lambda: here.intake)
        for operations in DOORSTEP_FEATURES:
            edge.mount(operations, lambda: here.doorstep)
        embed_pages.register(app, lambda: here.intake.directory)
        receipt_page.register(app)
        document_page.register(app)
        preferences_page.register(app)
    if settings.role.serves_research:
        for operations in RESEARCH_FEATURES:
            edge.mount(operations, lambda: here.research)
    for operations in EVERYWHERE:
        edge.mount(operations, lambda: here)
    reference = Reference(edge.operations, settings.role)
    edge.mount(console.operations, lambda: reference)
    demo = Host(settings) if settings.role.serves_intake else None
    if demo is not None:
        edge.mount(demo_routes.operations, lambda: demo, is_described=False)
        demo_pages.register(app, demo)
    console_pages.register(app, reference, has_demo=lambda: demo is not None and demo.is_loaded)
    pages.register(app)
    widget_files.register(app)
    for command in COMMANDS:
        app.cli.add_command(command)
    return app


def start_serving(app: Flask) -> None:
    """Checks that this process may serve (StartRefused says why not), and starts its background jobs."""
    here: Installation = app.extensions["pairvote"]
    check_start(here)
    if here.settings.jobs == "on":
        here.redact_apart()
    jobs = job_runner(here)
    if here.settings.jobs == "on":
        jobs.start()
    # The server's workers are children of multiprocessing, which end without running `atexit`.
    Finalize(None, stop_serving, args=(here, jobs), exitpriority=1)


def stop_serving(here: Installation, jobs: JobRunner) -> None:
    """Lets running sweeps end and writes what waits; nobody is served any more."""
    jobs.stop()
    here.close()

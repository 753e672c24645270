"""What enforces each class: the sweep of its own where rows have to go in a way of their own, else the one by age."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from app.access.workspaces import models as access_models
from app.access.workspaces.queries import access_queries
from app.core.connections import Transaction
from app.core.database import Database
from app.core.retention import NOBODY, Note, RetentionClass, Span, all_classes, class_of, spans
from app.core.statements import Query
from app.disconnection.models import dropped_links
from app.disconnection.taking_back import take_back_dropped
from app.intake.comparisons.models import comparisons
from app.intake.invitations.exposures import roll_up_before, roll_up_comparisons, roll_up_invitations
from app.intake.invitations.models import invitations
from app.intake.uploads.jobs import delete_unused_uploads
from app.intake.uploads.models import uploads
from app.operations.installation import Installation
from app.operations.retention.ages import BATCH, count_due, delete_due
from app.privacy.key_files import KEY_RING_COPIES, list_copies
from app.privacy.links import Links
from app.research.exports import queries as export_queries
from app.research.exports.jobs import expire_exports, forget_withdrawn
from app.research.exports.leftovers import count_leftovers, remove_leftovers
from app.research.exports.models import EXPORT_FOLDERS, EXPORT_LEFTOVERS
from app.research.recall import queries as recall_queries
from app.research.recall.jobs import forget_tombstones
from app.research.recall.models import tombstones
from app.research.records.models import withdrawn_records
from app.research.webhooks import queries as webhook_queries
from app.research.webhooks.jobs import forget_positions, forget_webhooks
from app.research.webhooks.models import webhook_positions, webhooks
from app.trust.reports.jobs import delete_old_reports
from app.trust.reports.models import reports


@dataclass(frozen=True)
class Round:
    """What a sweep works with: the installation, the time (ms), and the periods that workspaces have chosen."""

    here: Installation
    at: int
    own_days: Mapping[str, Mapping[bytes, int]]

    def days(self, which: RetentionClass) -> int:
        """The installation's period."""
        return which.days(self.here.settings)

    def own(self, which: RetentionClass) -> Mapping[bytes, int]:
        """The periods of workspaces that have chosen one."""
        return self.own_days.get(which.name, {})

    def before(self, which: RetentionClass) -> int:
        """Before when, or which day, the clock of what is due stands, where no workspace chooses."""
        return which.retention.due_before(self.at, self.days(which))


def noting_place(here: Installation, which: RetentionClass) -> str:
    """Which database keeps the notes of a class. The key store has none: research may write there what it must."""
    if which.zone in ("intake", "research"):
        return which.zone
    return "intake" if here.settings.role.serves_intake else "research"


@dataclass(frozen=True)
class Sweep:
    """How a class ends. Both may be stopped and begun anew at any point."""

    which: RetentionClass
    count: Callable[[Round], Mapping[bytes, int]]
    """How many would go now, by workspace."""
    run: Callable[[Round, Note], int]
    """Lets them go; how many. It tells the same in the transactions that delete them."""
    needs_both_zones: bool = False

    def is_for(self, here: Installation) -> bool:
        """Whether this process has what it takes."""
        role = here.settings.role
        if self.needs_both_zones:
            return role.serves_intake and role.serves_research
        return self.which.zone in here.databases()


def _by_age(which: RetentionClass) -> Sweep:
    def count(now: Round) -> Counter[bytes]:
        found: Counter[bytes] = Counter()
        for span in spans(now.days(which), now.own(which)):
            found += now.here.databases()[which.zone].fetch(
                partial(count_due, which=which, span=span, at=now.at)
            )
        return found

    def run(now: Round, note: Note) -> int:
        def delete_some(span: Span, tx: Transaction) -> int:
            deleted = delete_due(tx, which, span=span, at=now.at)
            note(tx, deleted)
            return deleted.total()

        database = now.here.databases()[which.zone]
        return sum(
            _until_none(database, partial(delete_some, span))
            for span in spans(now.days(which), now.own(which))
        )

    return Sweep(which, count, run)


def _until_none(database: Database, delete_some: Callable[[Transaction], int]) -> int:
    """Transaction after transaction, until there is nothing left; how much that was."""
    total = 0
    while deleted := database.write(delete_some):
        total += deleted
    return total


def _delete_reports(now: Round, note: Note) -> int:
    here = now.here
    own = now.own(class_of(reports))
    return delete_old_reports(here.intake_db, here.intake.data_keys, at=now.at, own_days=own, note=note)


def _take_back(now: Round, note: Note) -> int:
    here = now.here
    return take_back_dropped(here.intake, here.research, Links(here.keyring), at=now.at, note=note)


def _delete_uploads(now: Round, note: Note) -> int:
    return delete_unused_uploads(now.here.intake, before=now.before(class_of(uploads)), note=note)


def _rolled_up(which: RetentionClass, roll_up: Callable[..., int]) -> Sweep:
    """Rows that are deleted workspace by workspace, because their counts stay."""

    def days_before(now: Round) -> dict[bytes, int]:
        listed = access_queries(access_models.INTAKE).list_workspaces
        days, own = now.days(which), now.own(which)
        return {
            each.id: which.retention.due_before(now.at, own.get(each.id, days))
            for each in now.here.intake_db.fetch(lambda tx: tx.list(listed))
        }

    def count(now: Round) -> Counter[bytes]:
        found: Counter[bytes] = Counter()
        for workspace_id, before_day in days_before(now).items():
            # The period that has its end where the rows are settled.
            days = which.retention.units(now.at) - roll_up_before(before_day, at=now.at)
            span = Span(workspace_id, workspace_id, days)
            found += now.here.intake_db.fetch(partial(count_due, which=which, span=span, at=now.at))
        return found

    def run(now: Round, note: Note) -> int:
        def roll_up_some(workspace_id: bytes, before_day: int, tx: Transaction) -> int:
            bounds = {"workspace_id": workspace_id, "before_day": before_day}
            deleted = roll_up(tx, **bounds, most=BATCH, at=now.at)
            note(tx, {workspace_id: deleted})
            return deleted

        return sum(
            _until_none(now.here.intake_db, partial(roll_up_some, *key)) for key in days_before(now).items()
        )

    return Sweep(which, count, run)


def _with_exports(which: RetentionClass, counted: Query[int], forget: Callable[..., int]) -> Sweep:
    """Rows of the research zone that go once no living export needs them."""

    def count(now: Round) -> dict[bytes, int]:
        return {NOBODY: now.here.research_db.fetch(lambda tx: tx.one(counted))}

    return Sweep(which, count, lambda now, note: forget(now.here.research, note=note))


def _count_exports(now: Round) -> dict[bytes, int]:
    return dict(now.here.research_db.fetch(lambda tx: tx.list(export_queries.COUNT_ENDING, at=now.at)))


def _copies(now: Round) -> list[Path]:
    return list_copies(Path(now.here.settings.keyring), before=now.before(KEY_RING_COPIES))


def _remove_copies(now: Round, note: Note) -> int:
    found = _copies(now)
    for path in found:
        path.unlink(missing_ok=True)
        now.here.databases()[noting_place(now.here, KEY_RING_COPIES)].write(lambda tx: note(tx, {NOBODY: 1}))
    return len(found)


# In this order: what an export takes with it goes in the run after its own, so that a dry run counts what a run does.
_OF_THEIR_OWN: Final = (
    Sweep(class_of(reports), _by_age(class_of(reports)).count, _delete_reports),
    Sweep(class_of(uploads), _by_age(class_of(uploads)).count, _delete_uploads),
    Sweep(class_of(dropped_links), _by_age(class_of(dropped_links)).count, _take_back, needs_both_zones=True),
    _rolled_up(class_of(invitations), roll_up_invitations),
    _rolled_up(class_of(comparisons), roll_up_comparisons),
    _with_exports(class_of(tombstones), recall_queries.COUNT_FORGOTTEN, forget_tombstones),
    _with_exports(class_of(webhook_positions), webhook_queries.COUNT_FORGOTTEN_POSITIONS, forget_positions),
    _with_exports(class_of(webhooks), webhook_queries.COUNT_FORGOTTEN_WEBHOOKS, forget_webhooks),
    _with_exports(class_of(withdrawn_records), export_queries.COUNT_FORGOTTEN, forget_withdrawn),
    Sweep(
        EXPORT_LEFTOVERS,
        lambda now: {NOBODY: count_leftovers(now.here.research, before=now.before(EXPORT_LEFTOVERS))},
        lambda now, note: remove_leftovers(now.here.research, before=now.before(EXPORT_LEFTOVERS), note=note),
    ),
    Sweep(
        EXPORT_FOLDERS,
        _count_exports,
        lambda now, note: expire_exports(now.here.research, at=now.at, note=note),
    ),
    Sweep(KEY_RING_COPIES, lambda now: {NOBODY: len(_copies(now))}, _remove_copies),
)


def sweeps() -> tuple[Sweep, ...]:
    """All of them. A table that declares a period and nothing else is swept by age, without being named here."""
    special = {sweep.which for sweep in _OF_THEIR_OWN}
    by_age = (_by_age(each) for each in all_classes() if each.has_period and each not in special)
    return (*by_age, *_OF_THEIR_OWN)

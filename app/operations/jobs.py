"""Which jobs a process runs, by its role."""

from typing import Final

from app.core.jobs import Job, JobRunner
from app.disconnection.crossing import Door
from app.disconnection.jobs import disconnect_due
from app.intake.comparisons.jobs import expire_comparisons
from app.intake.doomed_keys.jobs import destroy_doomed_keys
from app.intake.feedback.jobs import expire_feedback
from app.operations.installation import Installation
from app.operations.retention import sweep_retention
from app.privacy.links import Links
from app.research.exports.jobs import build_exports, expire_exports
from app.research.recall.jobs import forget_tombstones, publish_tombstones
from app.research.webhooks.jobs import deliver_tombstones, forget_webhooks
from app.trust.reports.jobs import delete_old_reports

_HOUR: Final = 3600
_MOST_AT_ONCE: Final = 2_000


def _disconnect_some(door: Door, at: int) -> int:
    """A bounded part of what is due, so that a graceful stop does not wait for a whole backlog."""
    return disconnect_due(door, at=at, limit=_MOST_AT_ONCE)


def _delete_reports(here: Installation, at: int) -> int:
    return delete_old_reports(here.intake_db, here.intake.data_keys, at=at)


def job_runner(here: Installation) -> JobRunner:
    """The jobs of this installation's role. Only role `all` may open the door between the zones."""
    role = here.settings.role
    jobs = [Job("retention", lambda at: sweep_retention(here, at=at), every_seconds=_HOUR)]
    if role.serves_intake:
        jobs.append(Job("expire_comparisons", lambda at: expire_comparisons(here.intake, at=at)))
        jobs.append(Job("expire_feedback", lambda at: expire_feedback(here.intake, at=at)))
        jobs.append(Job("destroy_doomed_keys", lambda _: destroy_doomed_keys(here.intake)))
        jobs.append(Job("delete_reports", lambda at: _delete_reports(here, at), every_seconds=_HOUR))
    if role.serves_intake and role.serves_research:
        here.redaction.check_models()
        door = Door(here.intake, here.research, Links(here.keyring), here.redaction)
        jobs.append(Job("disconnect", lambda at: _disconnect_some(door, at)))
    if role.serves_research:
        jobs.append(Job("build_exports", lambda at: build_exports(here.research, at=at)))
        jobs.append(Job("publish_tombstones", lambda _: publish_tombstones(here.research)))
        jobs.append(Job("deliver_tombstones", lambda at: deliver_tombstones(here.research, at=at)))
        jobs.append(Job("forget_webhooks", lambda _: forget_webhooks(here.research), every_seconds=_HOUR))
        jobs.append(Job("forget_tombstones", lambda _: forget_tombstones(here.research), every_seconds=_HOUR))
        jobs.append(
            Job("expire_exports", lambda at: expire_exports(here.research, at=at), every_seconds=_HOUR)
        )
    return JobRunner(jobs, here.clock, pause_seconds=here.settings.job_seconds)

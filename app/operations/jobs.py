"""Which jobs a process runs, by its role."""

from typing import Final

from app.core.jobs import Job, JobRunner
from app.core.retention import class_of
from app.disconnection.crossing import Door
from app.disconnection.erasures.jobs import carry_out_erasures
from app.disconnection.jobs import disconnect_due
from app.disconnection.models import dropped_links
from app.intake.comparisons.jobs import close_unshared, expire_comparisons
from app.intake.doomed_keys.jobs import destroy_doomed_keys
from app.intake.feedback.jobs import close_unshared_feedback, expire_feedback
from app.intake.preference_links.jobs import forget_preference_links
from app.operations.installation import Installation
from app.operations.retention.running import EVERY_SECONDS, sweep_retention
from app.operations.retention.runs import Notes
from app.privacy.links import Links
from app.research.exports.jobs import build_exports
from app.research.recall.jobs import publish_tombstones
from app.research.webhooks.jobs import deliver_tombstones

_MINUTE: Final = 60
_MOST_AT_ONCE: Final = 2_000


def _disconnect_some(door: Door, at: int) -> int:
    """A bounded part of what is due, so that a graceful stop does not wait for a whole backlog."""
    # Every few seconds it also forgets the links whose day is over, mostly before retention comes to it.
    notes = Notes("intake", class_of(dropped_links), at=at, ended_at=at)
    return disconnect_due(door, at=at, limit=_MOST_AT_ONCE, note=notes.add)


def _erase(here: Installation, at: int) -> int:
    """All of an erasure where both zones are served; elsewhere what intake holds."""
    role = here.settings.role
    door = (
        Door(here.intake, here.research, Links(here.keyring), here.redaction)
        if role.serves_research
        else None
    )
    return carry_out_erasures(here.intake, door, at=at)


def job_runner(here: Installation) -> JobRunner:
    """The jobs of this installation's role. Only role `all` may open the door between the zones."""
    role = here.settings.role
    jobs = [Job("retention", lambda at: sweep_retention(here, at=at), every_seconds=EVERY_SECONDS)]
    if role.serves_intake:
        jobs.append(Job("expire_comparisons", lambda at: expire_comparisons(here.intake, at=at)))
        jobs.append(Job("expire_feedback", lambda at: expire_feedback(here.intake, at=at)))
        jobs.append(
            Job(
                "close_unshared",
                lambda at: close_unshared(here.intake, at=at) + close_unshared_feedback(here.intake),
            )
        )
        jobs.append(Job("destroy_doomed_keys", lambda _: destroy_doomed_keys(here.intake)))
        jobs.append(
            Job(
                "forget_preference_links",
                lambda at: forget_preference_links(here.intake, at=at),
                every_seconds=_MINUTE,
            )
        )
        jobs.append(Job("carry_out_erasures", lambda at: _erase(here, at)))
    if role.serves_intake and role.serves_research:
        here.redaction.check_models()
        door = Door(here.intake, here.research, Links(here.keyring), here.redaction)
        jobs.append(Job("disconnect", lambda at: _disconnect_some(door, at)))
    if role.serves_research:
        jobs.append(Job("build_exports", lambda at: build_exports(here.research, at=at)))
        jobs.append(Job("publish_tombstones", lambda _: publish_tombstones(here.research)))
        jobs.append(Job("deliver_tombstones", lambda at: deliver_tombstones(here.research, at=at)))
    return JobRunner(jobs, here.clock, pause_seconds=here.settings.job_seconds)

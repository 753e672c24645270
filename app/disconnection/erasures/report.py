"""What is told of an erasure: step by step what was deleted, and what cannot be, with dates."""

from typing import Any, Final

from app.core.clock import day_of, iso_date, rfc3339
from app.core.settings import Settings
from app.disconnection.erasures.models import (
    Erasure,
    ErasureScope,
    ErasureState,
    Progress,
    StepName,
)
from app.disconnection.erasures.services import erasure_text
from app.disconnection.models import withdrawn_receipts
from app.trust.reports.models import RETENTION_DAYS as REPORT_DAYS

_RECEIPT_DAYS: Final[int] = withdrawn_receipts.info["retention"].days


def report_of(erasure: Erasure, *, settings: Settings) -> dict[str, Any]:
    """The report as JSON."""
    progress = Progress.from_json(erasure.progress)
    told: dict[str, Any] = {
        "id": erasure_text(erasure.id),
        "scope": erasure.scope,
        "state": erasure.state,
        "requested_at": rfc3339(erasure.requested_at),
        "steps": [_step(step) for step in progress.steps],
        "remains": _remains(erasure, progress, settings),
    }
    if erasure.finished_at is not None:
        told["finished_at"] = rfc3339(erasure.finished_at)
    return told


def _step(step: Any) -> dict[str, Any]:
    told = {
        "step": step.name.value,
        "state": "open" if step.done_at is None else "done",
        "deleted": step.deleted,
    }
    return told if step.done_at is None else {**told, "done_at": rfc3339(step.done_at)}


def _remains(erasure: Erasure, progress: Progress, settings: Settings) -> list[dict[str, Any]]:
    # Backups of until then have it, and a receipt is withdrawn when its vote is.
    last_day = day_of(max([erasure.requested_at, *(step.done_at or 0 for step in progress.steps)]))
    remains: list[dict[str, Any]] = []
    if progress.exports:
        remains.append(
            {
                "what": "exports",
                "why": "Data sets that were made before have the rows, without anything that names the person. "
                "Whoever fetched one is told by tombstones which rows to delete; of one that has ended, nobody can "
                "tell any more which rows it had.",
                "exports": progress.exports,
            }
        )
    remains.append(
        {
            "what": "backups",
            "until": iso_date(last_day + settings.backup_days),
            "why": "A backup of the databases from before has the rows until it is thrown away. What was written in "
            "them cannot be read with the keys that are left, once the step keys is done.",
        }
    )
    if settings.keystore_url.startswith("postgresql"):
        remains.append(
            {
                "what": "key_store",
                "why": "The key store is on a database server, whose log and tables keep deleted keys for a while, "
                "wrapped by the master key. They open nothing once the operator has rotated and retired that.",
            }
        )
    remains.append(
        {
            "what": "receipts",
            "until": iso_date(last_day + _RECEIPT_DAYS),
            "why": "A digest of each receipt, so that whoever holds it is told that the vote is withdrawn.",
        }
    )
    if erasure.scope == ErasureScope.PERSON:
        remains.append(
            {
                "what": "reports",
                "until": iso_date(day_of(erasure.requested_at) + REPORT_DAYS),
                "why": "Reports of harmful responses were cut from their reporter when they were made: nothing "
                "leads from a person to them.",
            }
        )
    if _keeps_wishes(erasure, progress):
        remains.append(
            {
                "what": "wishes",
                "why": "That the person is not to be asked, shares less than others or is restricted. Ask for "
                "forget_wishes to have a refusal go as well.",
            }
        )
    return remains


def _keeps_wishes(erasure: Erasure, progress: Progress) -> bool:
    if erasure.scope != ErasureScope.PERSON or erasure.state != ErasureState.DONE:
        return False
    return not progress.get(StepName.PERSON).deleted.get("persons")

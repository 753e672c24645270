"""What calls and commands around invitations answer, as JSON-able objects."""

from typing import Any, Final

from app.core.clock import iso_date, rfc3339
from app.core.ids import to_text
from app.intake.invitations.decision import Asked, NotAsked
from app.intake.invitations.dry_run import DAYS, DryRun
from app.intake.invitations.exposures import ExposureReport, Exposures
from app.intake.invitations.policies import StoredPolicy
from app.intake.invitations.policy_document import policy_as_json
from app.intake.invitations.redemption import INVITATION_PREFIX
from app.intake.invitations.replay import ReplayedDecision
from app.intake.invitations.services import Proposal

_CAVEAT: Final = (
    f"Only invitations that were given in the last {DAYS} days are on record. Requests that the policies of then "
    "answered with no left no trace: people they did not sample are counted in extrapolated_invitations alone, and "
    "what a shorter cool-down or a larger budget would add is not counted at all. Models are drawn anew; a person "
    "is taken to answer as they did then."
)


def not_asked(no: NotAsked) -> dict[str, Any]:
    """The answer for somebody who is not asked."""
    return {"ask": False, "reason": no.reason.value}


def invited(proposal: Proposal, asked: Asked) -> dict[str, Any]:
    """The answer for an invitation that was given."""
    answer: dict[str, Any] = {
        "ask": True,
        "invitation": to_text(INVITATION_PREFIX, proposal.id),
        "order": [proposal.first_left, 1 - proposal.first_left],
    }
    if asked.models is not None:
        answer["models"] = list(asked.models)
    return answer | {"propensity": asked.propensity, "expires_at": rfc3339(proposal.expires_at)}


def policy_answer(stored: StoredPolicy) -> dict[str, Any]:
    """A policy with its version."""
    return {
        "version": stored.version,
        "policy": policy_as_json(stored.policy),
        "updated_at": None if stored.created_at is None else rfc3339(stored.created_at),
    }


def policy_version_answer(stored: StoredPolicy) -> dict[str, Any]:
    """A version of the policy, and who set it."""
    return policy_answer(stored) | {"actor": stored.actor}


def dry_run_answer(run: DryRun, *, listed: int) -> dict[str, Any]:
    """What a policy would have done, with the first `listed` decisions."""
    return {
        "from": iso_date(run.first_day),
        "to": iso_date(run.last_day),
        "is_complete": run.is_complete,
        "recorded": {"invitations": run.invitations, "people": run.people},
        "would_ask": {"invitations": run.asked, "people": run.people_asked},
        "would_not_ask": {reason.value: count for reason, count in sorted(run.not_asked.items())},
        "pairs": [
            {"models": list(pair), "comparisons": count}
            for pair, count in sorted(run.pairs.items(), key=lambda item: (-item[1], item[0]))
        ],
        "extrapolated_invitations": round(run.extrapolated_invitations, 3),
        "caveat": _CAVEAT,
        "decisions": [_replayed(each) for each in run.decisions[:listed]],
    }


def _replayed(each: ReplayedDecision) -> dict[str, Any]:
    given: dict[str, Any] = {
        "invitation": to_text(INVITATION_PREFIX, bytes(each.invitation.id)),
        "given_at": rfc3339(each.invitation.created_at),
    }
    return given | (not_asked(each.decision) if isinstance(each.decision, NotAsked) else {"ask": True})


def exposure_answer(report: ExposureReport) -> dict[str, Any]:
    """The exposure report."""
    return {
        "from": iso_date(report.first_day),
        "to": iso_date(report.last_day),
        "rows": [
            {"day": iso_date(day), "surface": surface, **_exposures(exposures)}
            for (day, surface), exposures in report.by_day_and_surface.items()
        ],
        "total": _exposures(report.total),
    }


def _exposures(exposures: Exposures) -> dict[str, dict[str, int]]:
    return {"invitations": exposures.invitations(), "comparisons": exposures.comparisons()}

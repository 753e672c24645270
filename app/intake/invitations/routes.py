"""Calls around invitations: may this person be asked now, by which policy, and what came of it."""

from typing import Final

from app.access.workspaces.directory import HostCaller, HostKey
from app.access.workspaces.models import Scope
from app.access.workspaces.services import KEY_PREFIX
from app.core.clock import day_of
from app.core.connections import Transaction
from app.core.errors import InvalidBody, InvalidParameter
from app.core.http import Answer, Call, Operations
from app.core.http.strict_json import write_json
from app.core.ids import to_text
from app.intake.invitations.answers import (
    dry_run_answer,
    exposure_answer,
    invited,
    not_asked,
    policy_answer,
    policy_version_answer,
)
from app.intake.invitations.decision import InvitationRequest, NotAsked, Reason
from app.intake.invitations.dry_run import DAYS, dry_run
from app.intake.invitations.errors import PolicyChanged
from app.intake.invitations.exposures import report_exposures
from app.intake.invitations.policies import StoredPolicy, get_policy, list_policies, set_policy
from app.intake.invitations.policy_document import write_policy
from app.intake.invitations.report_schemas import (
    DayRange,
    DayRangeSchema,
    DryRunRequest,
    DryRunRequestSchema,
    DryRunSchema,
    ExposureReportSchema,
)
from app.intake.invitations.schemas import (
    InvitationSchema,
    NewInvitation,
    NewInvitationSchema,
    NewPolicy,
    NewPolicySchema,
    PolicySchema,
    PolicyVersionsSchema,
    VersionPage,
    VersionPageSchema,
)
from app.intake.invitations.services import give_invitation
from app.intake.zone import Intake

operations: Final[Operations[Intake]] = Operations("invitations")

_MOST_DAYS: Final = 366
_NEWER_THAN_ALL: Final = 2**31 - 1
# Most people are not asked, most of the time: their answer is made once.
_NO: Final = {reason: Answer(write_json(not_asked(NotAsked(reason)))) for reason in Reason}
_POLICY_EXAMPLE: Final = {
    "policy": {
        "sampling_rate": 0.1,
        "person_budget_per_day": 1,
        "models": [{"name": "model-a"}, {"name": "model-b", "weight": 2.0}],
    }
}


@operations.operation(
    "POST",
    "/v1/invitations",
    access=HostKey(Scope.COMPARISONS_WRITE),
    body=NewInvitationSchema,
    answer=InvitationSchema,
    errors=[InvalidBody],
    is_idempotent=True,
    example={
        "identifiers": {"account": "user-1042", "project": "support-bot"},
        "surface": "chat",
        "locale": "en",
        "models": ["model-a", "model-b", "model-c"],
        "signals": {"gpc": False},
    },
    answer_example={
        "ask": True,
        "invitation": "inv_01kaq2m0qvf3x8v2c5t7e9h1jm",
        "order": [1, 0],
        "models": ["model-c", "model-a"],
        "propensity": 0.0333,
        "expires_at": "2026-11-22T10:05:00.000Z",
    },
)
def create_invitation(intake: Intake, call: Call[NewInvitation, HostCaller]) -> Answer:
    """Ask whether this person may be asked now.

    To be called before the second response is paid for. A yes is written down, counts towards the person's
    budget and may be redeemed once; a no is not written down.
    """
    request = _with_gpc_header(call.body.request, call)
    proposal = intake.inviter.propose(call.caller.workspace, call.body.identifiers, request, at=call.at)
    if isinstance(proposal, NotAsked):
        return _NO[proposal.reason]

    def give(tx: Transaction) -> Answer:
        given = give_invitation(tx, proposal=proposal)
        return Answer(not_asked(given) if isinstance(given, NotAsked) else invited(proposal, given))

    return call.write(intake.db, give)


def _with_gpc_header(request: InvitationRequest, call: Call[NewInvitation, HostCaller]) -> InvitationRequest:
    """A host may pass the browser's Sec-GPC header on as it came."""
    if call.request.header("SEC_GPC") != "1":
        return request
    return request._replace(signals=request.signals._replace(gpc=True))


@operations.operation(
    "GET", "/v1/policy", access=HostKey(Scope.POLICY), answer=PolicySchema, answer_example={
        "version": 3, "updated_at": "2026-11-22T10:05:00.000Z", **_POLICY_EXAMPLE,
    },
)  # fmt: skip
def show_policy(intake: Intake, call: Call[None, HostCaller]) -> Answer:
    """Look at the invitation policy that holds."""
    workspace_id = call.caller.workspace.id
    return Answer(policy_answer(intake.db.fetch(lambda tx: get_policy(tx, workspace_id=workspace_id))))


@operations.operation(
    "PUT",
    "/v1/policy",
    access=HostKey(Scope.POLICY),
    body=NewPolicySchema,
    answer=PolicySchema,
    errors=[PolicyChanged, InvalidBody],
    example={**_POLICY_EXAMPLE, "expected_version": 2},
)
def replace_policy(intake: Intake, call: Call[NewPolicy, HostCaller]) -> Answer:
    """Set the invitation policy.

    What the document leaves out has its default. Each change is a new version; other server processes follow
    within seconds.
    """
    document = write_policy(call.body.policy)
    actor = to_text(KEY_PREFIX, call.caller.key_id)
    row = intake.db.write(
        lambda tx: set_policy(
            tx,
            workspace_id=call.caller.workspace.id,
            document=document,
            expected_version=call.body.expected_version,
            actor=actor,
            at=call.at,
        )
    )
    intake.inviter.forget_policies()
    return Answer(policy_answer(StoredPolicy.from_row(row)))


@operations.operation(
    "GET",
    "/v1/policy/versions",
    access=HostKey(Scope.POLICY),
    query=VersionPageSchema,
    answer=PolicyVersionsSchema,
    errors=[InvalidParameter],
)
def list_policy_versions(intake: Intake, call: Call[None, HostCaller]) -> Answer:
    """List the versions of the invitation policy, newest first."""
    page: VersionPage = call.query
    before = _NEWER_THAN_ALL if page.before is None else page.before
    found = intake.db.fetch(
        lambda tx: list_policies(tx, workspace_id=call.caller.workspace.id, before=before, most=page.most)
    )
    return Answer({"versions": [policy_version_answer(stored) for stored in found]})


@operations.operation(
    "POST",
    "/v1/policy/dry-run",
    access=HostKey(Scope.POLICY),
    body=DryRunRequestSchema,
    answer=DryRunSchema,
    errors=[InvalidBody],
    example={**_POLICY_EXAMPLE, "decisions": 20},
)
def try_policy(intake: Intake, call: Call[DryRunRequest, HostCaller]) -> Answer:
    """Ask what a policy would have done to last week.

    Replays the invitations that are on record, person by person. Nothing is changed; the answer says what the
    record cannot tell.
    """
    with intake.db.snapshot() as tx:
        run = dry_run(tx, workspace_id=call.caller.workspace.id, policy=call.body.policy, at=call.at)
    return Answer(dry_run_answer(run, listed=call.body.decisions))


@operations.operation(
    "GET",
    "/v1/exposures",
    access=HostKey(Scope.POLICY),
    query=DayRangeSchema,
    answer=ExposureReportSchema,
    errors=[InvalidParameter],
)
def show_exposures(intake: Intake, call: Call[None, HostCaller]) -> Answer:
    """See how many were invited, what they were shown and how it ended.

    By day (UTC) and surface. The numbers add up, and they stay when the rows they count are deleted.
    """
    days: DayRange = call.query
    last_day = day_of(call.at) if days.last_day is None else days.last_day
    first_day = last_day - DAYS + 1 if days.first_day is None else days.first_day
    if not 0 <= last_day - first_day < _MOST_DAYS:
        raise InvalidParameter(f"From one day to the same or a later one, {_MOST_DAYS} days at most.")
    report = intake.db.fetch(
        lambda tx: report_exposures(
            tx, workspace_id=call.caller.workspace.id, first_day=first_day, last_day=last_day, at=call.at
        )
    )
    return Answer(exposure_answer(report))

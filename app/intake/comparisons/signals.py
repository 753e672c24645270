"""Global Privacy Control: a browser's standing no, which counts as `off` for the call that carries it."""

from app.core.connections import Transaction
from app.core.http.request import Request
from app.intake.comparisons.access import TicketHolder
from app.intake.comparisons.closing import withhold
from app.intake.comparisons.models import ComparisonState, WithheldReason
from app.intake.comparisons.queries import lock_ticketed
from app.intake.zone import Intake


def counts_as_opt_out(intake: Intake, workspace_id: bytes, request: Request, *, told: bool = False) -> bool:
    """Whether the call carries the signal (`told` by the host, or in its header) and the workspace honours it.

    The one switch is the invitation policy's `gpc_counts_as_opt_out`.
    """
    return (told or request.header("SEC_GPC") == "1") and intake.inviter.honours_gpc(workspace_id)


def close_for_signal(intake: Intake, *, holder: TicketHolder, at: int) -> None:
    """Closes an open question and deletes its content; a vote that stands already is left alone. TicketInvalid.

    The person's wishes stay as they are: nothing is noted about them.
    """

    def close(tx: Transaction) -> list[bytes]:
        comparison = holder.check(lock_ticketed(tx, holder.key), intake.tickets)
        if comparison.state != ComparisonState.OPEN or comparison.has_vote:
            return []
        person = comparison.person
        return withhold(tx, key=holder.key, person=person, reason=WithheldReason.GPC, at=at)

    useless_keys = intake.db.write(close)
    if useless_keys:
        intake.data_keys.destroy(useless_keys)

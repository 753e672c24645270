"""Behind the door, for whoever holds a receipt: in which exports the record is."""

from app.disconnection.models import link_place
from app.disconnection.receipts.models import FoundLink
from app.disconnection.zone import Doorstep
from app.privacy.errors import SealBroken, UnknownKeyVersion
from app.research.exports.holding import Holding, find_holding


def find_exports(doorstep: Doorstep, link: FoundLink) -> Holding | None:
    """The exports that have the record of a link; None where this process cannot tell."""
    if doorstep.research is None:
        return None
    try:
        record_id = doorstep.links.open_link(
            link.link_sealed, link_place(link.workspace_id, link.comparison_id)
        )
    except (SealBroken, UnknownKeyVersion):
        return None
    return find_holding(
        doorstep.research, workspace_id=link.workspace_id, record_id=record_id, week=link.week
    )

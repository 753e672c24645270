"""A workspace's own retention periods: as an operator writes them, and as the sweeps ask for them."""

from collections.abc import Iterable, Mapping
from typing import Final

from app.access.workspaces.models import Workspace
from app.core.retention import settable_classes

_MOST_DIGITS: Final = 6


class PeriodRefused(ValueError):
    """Not a period that a workspace may choose; the sentence says what may be chosen."""


def change_periods(periods: Mapping[str, int], texts: Iterable[str]) -> dict[str, int]:
    """The periods after changes written as `class=days`; without days one is taken back. PeriodRefused."""
    changed, bounds = dict(periods), settable_classes()
    for text in texts:
        name, has_days, days = text.partition("=")
        if name not in bounds or not has_days:
            raise PeriodRefused(f"Write CLASS=DAYS; a workspace may choose {', '.join(sorted(bounds))}.")
        changed.pop(name, None)
        if days:
            least, most = bounds[name]
            is_number = days.isascii() and days.isdigit() and len(days) <= _MOST_DIGITS
            if not is_number or not least <= int(days) <= most:
                raise PeriodRefused(
                    f"{name} are kept for {least} to {most} days; write a whole number, or {name}= to take it back."
                )
            changed[name] = int(days)
    return changed


def own_periods(workspaces: Iterable[Workspace]) -> dict[str, dict[bytes, int]]:
    """Periods that workspaces have chosen: days by class and by workspace id.

    What was chosen under the wider bounds of another release is kept within those of this one.
    """
    bounds = settable_classes()
    found: dict[str, dict[bytes, int]] = {name: {} for name in bounds}
    for each in workspaces:
        for name, days in each.options.retention.items():
            if name in bounds:
                least, most = bounds[name]
                found[name][each.id] = min(max(days, least), most)
    return found

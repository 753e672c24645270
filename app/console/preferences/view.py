"""What the settings page's templates are given."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from app.access.workspaces.models import SharingLevel, Workspace
from app.access.workspaces.services import workspace_text
from app.console.pages import render
from app.console.preferences.choices import Change, Choices
from app.console.preferences.texts import TEXTS, date, day, exact, filled, moment
from app.console.preferences.visits import PATH, Visit
from app.core.languages import LANGUAGES, direction_of
from app.disconnection.holdings.services import Holdings
from app.intake.consents.models import Consent, ConsentAsk, ConsentScope
from app.intake.persons.models import Ask

_MOST_TOLD: Final = 100


def choices_page(
    visit: Visit,
    language: str,
    *,
    held: Choices,
    kept: Holdings,
    history: Sequence[Consent],
    told: bool,
    gpc: str | None,
) -> str:
    """The page itself. `told` has it say what was done last; `gpc` is its text on the browser's signal."""
    change = Change.from_json(visit.row.last_change) if told else None
    return render(
        "preferences.html",
        **_frame(language, visit, PATH),
        held=held,
        kept=kept,
        change=change,
        gpc=gpc,
        history=[_told(each) for each in reversed(history)][:_MOST_TOLD],
        documents=f"/documents/{workspace_text(visit.workspace.id)}",
    )


def _told(consent: Consent) -> dict[str, Any]:
    """A line of the history, in the names of the page's texts."""
    if consent.sharing is not None:
        what = "told_off" if consent.sharing == SharingLevel.OFF else consent.sharing
    elif consent.ask == ConsentAsk.LATER and (consent.ask_after or 0) > consent.at:
        what = "ask_until"
    else:
        what = f"ask_{Ask.YES if consent.ask == ConsentAsk.LATER else consent.ask}"
    return {
        "at": consent.at,
        "about": "history_sharing" if consent.sharing is not None else "history_asking",
        "what": what,
        "time": consent.ask_after,
        "is_of_conversation": consent.scope == ConsentScope.CONVERSATION,
        "source": f"by_{consent.source}",
        "notice_version": consent.notice_version,
    }


def withdraw_page(visit: Visit, language: str) -> str:
    """The question before all votes are withdrawn."""
    return render("preferences_withdraw.html", **_frame(language, visit, f"{PATH}/withdraw"))


def erase_page(visit: Visit, language: str) -> str:
    """The question before somebody is erased."""
    return render("preferences_erase.html", **_frame(language, visit, f"{PATH}/erase"))


def report_page(
    workspace: Workspace, language: str, *, visit: Visit | None, report: Mapping[str, Any] | None
) -> str:
    """How an erasure stands, from its report as JSON; None for one that is unknown."""
    values = _frame(language, visit, f"{PATH}/erasure") | {"workspace": workspace.name}
    values["say"] = _say(language, {"workspace": workspace.name})
    return render("preferences_erasure.html", **values, report=report, day=day, exact=exact)


def message_page(what: str, language: str, *, has_report: bool = False) -> str:
    """A page that says why there is nothing to do here: `closed`, `refused` or `unavailable`.

    `has_report` points whoever has just been erased, and whose page that has closed, to how it stands.
    """
    return render(
        "preferences_message.html", **_frame(language, None, PATH), what=what, has_report=has_report
    )


def _frame(language: str, visit: Visit | None, path: str) -> dict[str, Any]:
    return {
        "language": language,
        "direction": direction_of(language),
        "languages": {each: TEXTS[each]["name"] for each in LANGUAGES},
        "path": path,
        "texts": TEXTS[language],
        "say": _say(language, {"workspace": visit.workspace.name} if visit is not None else {}),
        "workspace": visit.workspace.name if visit is not None else None,
        "return_url": visit.return_url if visit is not None else None,
        "token": visit.session.form_token if visit is not None else None,
        "moment": moment,
        "date": date,
    }


def _say(language: str, always: dict[str, object]) -> Callable[..., Markup]:
    def say(name: str, **values: object) -> Markup:
        return filled(TEXTS[language][name], {**always, **values})

    return say

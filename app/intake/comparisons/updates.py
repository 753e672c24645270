"""What a ticket's holder is told of documents that are new to them, and whether they are asked to choose anew."""

from typing import Any, Final, NamedTuple

from app.access.workspaces.models import SharingLevel, Workspace
from app.core.connections import Transaction
from app.core.languages import FALLBACK, language_of
from app.intake.comparisons.models import TicketedComparison
from app.intake.documents.fresh_choice import needs_choice, untold
from app.intake.documents.library import Library, address
from app.intake.documents.models import Edition
from app.intake.persons.queries import FIND_PERSON


class News(NamedTuple):
    """Documents to point a person at: new to them, or such that a choice of theirs is open."""

    editions: list[Edition]
    is_new: bool
    requires_choice: bool


NO_NEWS: Final = News([], is_new=False, requires_choice=False)


def find_news(
    tx: Transaction, *, library: Library, workspace_id: bytes, comparison: TicketedComparison
) -> News:
    """What there is to tell, by the documents that held when the comparison was registered: those it was sealed with.

    A workspace that has published nothing costs no read.
    """
    editions, at = library.published(workspace_id), comparison.created_at
    if not editions or not comparison.person:
        return NO_NEWS
    person = tx.find(FIND_PERSON, workspace_id=workspace_id, person=comparison.person)
    if person is None:
        return NO_NEWS
    known = person.acquaintance
    new = untold(editions, known, at=at)
    is_asked = needs_choice(editions, known, at=at)
    asking = [e for e in editions if is_asked and needs_choice([e], known, at=at)]
    return News(new or asking, is_new=bool(new), requires_choice=is_asked)


def written(news: News, *, library: Library, workspace: Workspace, locale: str | None) -> dict[str, Any]:
    """News as the widget is told them."""
    language = language_of(locale) or FALLBACK
    documents = []
    for edition in news.editions:
        wording = library.wording(workspace.id, edition, language)
        told = wording if wording.summary else library.wording(workspace.id, edition, FALLBACK)
        documents.append(
            {
                "kind": edition.kind,
                "version": edition.version,
                "summary": told.summary,
                "lang": told.language,
                "url": address(workspace, edition, wording.language),
            }
        )
    default = workspace.options.sharing
    return {
        "updated": news.is_new,
        "requires_choice": news.requires_choice,
        "levels": [level for level in reversed(SharingLevel) if level.stricter(default) is level],
        "documents": documents,
    }

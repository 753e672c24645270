"""One change of what a person allows: the stored wishes, and the line in the history of consents that goes with it."""

from collections.abc import Sequence
from typing import NamedTuple

from app.access.workspaces.models import SharingLevel
from app.core.clock import day_of
from app.core.connections import Transaction
from app.intake.consents.models import Consent, ConsentAsk, ConsentScope, ConsentSource
from app.intake.consents.services import note_consent
from app.intake.documents.fresh_choice import needs_choice
from app.intake.documents.models import Edition
from app.intake.persons.models import Ask, Person
from app.intake.persons.queries import (
    DELETE_CONVERSATION_LEVEL,
    DELETE_QUIET_CONVERSATION,
    DELETE_QUIET_CONVERSATIONS,
    FIND_CONVERSATION_LEVEL,
    PUT_CONVERSATION_LEVEL,
    PUT_QUIET_CONVERSATION,
)
from app.intake.persons.services import Subject, is_quiet
from app.intake.preferences.schemas import AskWish


class Occasion(NamedTuple):
    """By what preferences are set, and which notice the person had before them."""

    source: ConsentSource
    notice_version: str
    editions: Sequence[Edition] = ()
    """What the workspace has published: one of these may ask for the very choice that is made."""


class Change(NamedTuple):
    """Changes the wishes of one subject in one transaction, in which the person's row is locked.

    Each method returns the row as it is to be stored. What has changed is noted in the history, and so is a level
    that is confirmed because a document asks for a fresh choice; nothing else is.
    """

    tx: Transaction
    subject: Subject
    occasion: Occasion
    at: int

    def with_level(self, row: Person, level: SharingLevel) -> Person:
        """With a level for the person, everywhere."""
        is_asked_for = needs_choice(self.occasion.editions, row.acquaintance, at=self.at)
        if row.sharing != level or is_asked_for:
            self._note(row, ConsentScope.PERSON, sharing=level)
        return row._replace(sharing=level.value)

    def with_conversation_level(self, row: Person, level: SharingLevel) -> Person:
        """With a level in the conversation at hand. The widest one restricts nothing and is not stored."""
        wanted = None if level is SharingLevel.VOTE_AND_CONTENT else level.value
        places = [
            {"workspace_id": row.workspace_id, "person": row.person, "conversation": conversation}
            for conversation in self.subject.conversations
        ]
        if all(self.tx.find(FIND_CONVERSATION_LEVEL, **place) == wanted for place in places):
            return row
        for place in places:
            if wanted is None:
                self.tx.run(DELETE_CONVERSATION_LEVEL, **place)
            else:
                self.tx.run(PUT_CONVERSATION_LEVEL, **place, sharing=wanted)
        self._note(row, ConsentScope.CONVERSATION, sharing=level)
        return row._replace(has_conversation_levels=True)

    def with_ask(self, row: Person, wish: AskWish) -> Person:
        """With another wish about being asked."""
        was_quiet = is_quiet(self.tx, person=row, subject=self.subject)
        if wish.ask is None:
            if not was_quiet:
                self._note(row, ConsentScope.CONVERSATION, ask=ConsentAsk.NOT_IN_CONVERSATION)
            return self._keep_quiet(row)
        changed = row._replace(ask=wish.ask.value, ask_after=wish.after)
        if wish.ask is Ask.YES and wish.after is None:
            changed = self._end_quiet(changed)
        if changed != row or (was_quiet and not is_quiet(self.tx, person=changed, subject=self.subject)):
            said = ConsentAsk.LATER if wish.after is not None else ConsentAsk(wish.ask.value)
            self._note(row, ConsentScope.PERSON, ask=said, ask_after=wish.after)
        return changed

    def _keep_quiet(self, row: Person) -> Person:
        self.tx.run(
            PUT_QUIET_CONVERSATION,
            workspace_id=row.workspace_id,
            person=row.person,
            conversation=self.subject.conversation,
            day=day_of(self.at),
        )
        return row._replace(has_quiet_conversations=True)

    def _end_quiet(self, row: Person) -> Person:
        """In the conversation at hand; in all of them where none is named, as on a settings page."""
        if not row.has_quiet_conversations:
            return row
        person = {"workspace_id": row.workspace_id, "person": row.person}
        if self.subject.conversation is None:
            self.tx.run(DELETE_QUIET_CONVERSATIONS, **person)
            return row._replace(has_quiet_conversations=False)
        for conversation in self.subject.conversations:
            self.tx.run(DELETE_QUIET_CONVERSATION, **person, conversation=conversation)
        return row

    def _note(
        self,
        row: Person,
        scope: ConsentScope,
        *,
        sharing: SharingLevel | None = None,
        ask: ConsentAsk | None = None,
        ask_after: int | None = None,
    ) -> None:
        consent = Consent(
            at=self.at,
            scope=scope.value,
            sharing=sharing.value if sharing is not None else None,
            ask=ask.value if ask is not None else None,
            ask_after=ask_after,
            source=self.occasion.source.value,
            notice_version=self.occasion.notice_version,
            conversation=self.subject.conversation if scope is ConsentScope.CONVERSATION else None,
        )
        note_consent(self.tx, workspace_id=row.workspace_id, person=row.person, consent=consent)

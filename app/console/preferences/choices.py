"""A person's choices as the settings page shows and changes them: its one way to the services that keep them."""

import json
from typing import Final, NamedTuple, Self

from app.access.workspaces.models import SharingLevel
from app.console.preferences.visits import Visit
from app.core.clock import MS_PER_DAY
from app.core.connections import Transaction
from app.intake.consents.models import ConsentSource
from app.intake.documents.fresh_choice import needs_choice
from app.intake.persons.levels import SharingScope
from app.intake.persons.models import Ask
from app.intake.preference_links.services import note_change
from app.intake.preferences.changes import Occasion
from app.intake.preferences.schemas import AskWish, NewPreferences
from app.intake.preferences.services import find_preferences, set_preferences
from app.intake.preferences.under_notice import note_choice

UNTIL: Final = "until"
_SNOOZES: Final = {"week": 7 * MS_PER_DAY, "month": 30 * MS_PER_DAY}

UselessKeys = tuple[bytes, ...]
"""Ids of data keys to destroy at once when a change is committed; should that fail, they are doomed."""


class Choices(NamedTuple):
    """What a person has chosen, or what holds where they chose nothing; and what others allow at most."""

    sharing: SharingLevel
    ask: Ask
    ask_after: int | None
    """Not before then (ms), while that is to come."""
    limit: SharingLevel
    limited_by: SharingScope
    """The workspace, or the project that the host has named."""
    conversation: SharingLevel | None
    """The person's level in the conversation that the host has named, where it has one of its own."""
    is_asked_anew: bool
    """Whether a new version of a document asks for a choice that the person has not made."""

    @property
    def shown_ask(self) -> str:
        """The page's word for it."""
        return UNTIL if self.ask is Ask.YES and self.ask_after is not None else self.ask


class Before(NamedTuple):
    """What a saving has changed, as it was before."""

    sharing: SharingLevel
    ask: Ask
    ask_after: int | None


class Change(NamedTuple):
    """What was done last on a page, and how it was before where that can be put back."""

    did: str
    was: Before | None = None

    def to_json(self) -> str:
        """For storage."""
        return json.dumps({"did": self.did, "was": self.was})

    @classmethod
    def from_json(cls, text: str | None) -> Self | None:
        """As stored."""
        if text is None:
            return None
        stored = json.loads(text)
        if stored["was"] is None:
            return cls(stored["did"])
        sharing, ask, ask_after = stored["was"]
        return cls(stored["did"], Before(SharingLevel(sharing), Ask(ask), ask_after))


def find_choices(tx: Transaction, visit: Visit, *, at: int) -> Choices:
    """What holds for the visitor now."""
    held = find_preferences(tx, workspace=visit.workspace, subject=visit.row.subject)
    levels, person = held.levels, held.person
    limits = levels._replace(person=None, conversation=None)
    is_snoozed = person is not None and person.ask_after is not None and at < person.ask_after
    return Choices(
        sharing=levels.workspace if levels.person is None else levels.person,
        ask=Ask.YES if person is None else Ask(person.ask),
        ask_after=person.ask_after if person is not None and is_snoozed else None,
        limit=limits.sharing,
        limited_by=limits.decided_by,
        conversation=levels.conversation,
        is_asked_anew=person is not None and needs_choice(visit.editions, person.acquaintance, at=at),
    )


def save(tx: Transaction, visit: Visit, fields: dict[str, str], *, at: int) -> UselessKeys:
    """Stores what the form asks for, and how it was before."""
    held = find_choices(tx, visit, at=at)
    wishes = wishes_of(fields, held, at=at)
    did = "saved_off" if wishes.sharing is SharingLevel.OFF else "saved"
    # A choice under a new document cannot be unmade, only made differently.
    before = None if held.is_asked_anew else Before(held.sharing, held.ask, held.ask_after)
    note_change(tx, session=visit.session, change=Change(did, before).to_json())
    return _set(tx, visit, wishes, at)


def wishes_of(fields: dict[str, str], held: Choices, *, at: int) -> NewPreferences:
    """What a sent form asks to change; what stands in it as it stood on the page is left alone."""
    level = fields.get("level", "") if fields.get("share") == "yes" else SharingLevel.OFF
    sharing = SharingLevel(level) if level in set(SharingLevel) else held.sharing
    asked = fields.get("ask", "")
    ask = None
    if asked in _SNOOZES:
        ask = AskWish(Ask.YES, at + _SNOOZES[asked])
    elif asked != held.shown_ask and asked in set(Ask):
        ask = AskWish(Ask(asked))
    is_chosen = held.is_asked_anew or sharing is not held.sharing
    return NewPreferences(sharing=sharing if is_chosen else None, ask=ask)


def undo(tx: Transaction, visit: Visit, *, at: int) -> UselessKeys:
    """Puts back what the last saving changed, if nothing else was done since. What was deleted stays deleted."""
    last = Change.from_json(visit.row.last_change)
    if last is None or last.was is None:
        return ()
    held, was, ask = find_choices(tx, visit, at=at), last.was, None
    if (held.ask, held.ask_after) != (was.ask, was.ask_after):
        # A bare yes would also end the quiet of conversations: a snooze that is over says the same of being asked.
        ask = AskWish(was.ask, (was.ask_after or at) if was.ask is Ask.YES else None)
    sharing = None if held.sharing is was.sharing else was.sharing
    note_change(tx, session=visit.session, change=Change("undone").to_json())
    return _set(tx, visit, NewPreferences(sharing=sharing, ask=ask), at)


def unmute(tx: Transaction, visit: Visit, *, at: int) -> UselessKeys:
    """Ends the quiet of every conversation, and a snooze."""
    note_change(tx, session=visit.session, change=Change("unmuted").to_json())
    return _set(tx, visit, NewPreferences(ask=AskWish(Ask.YES)), at)


def widen(tx: Transaction, visit: Visit, *, at: int) -> UselessKeys:
    """Lets the conversation that the host has named share what the person shares everywhere."""
    note_change(tx, session=visit.session, change=Change("saved").to_json())
    wishes = NewPreferences(sharing=SharingLevel.VOTE_AND_CONTENT, scope=SharingScope.CONVERSATION)
    return _set(tx, visit, wishes, at) if visit.row.conversations else ()


def _set(tx: Transaction, visit: Visit, wishes: NewPreferences, at: int) -> UselessKeys:
    if wishes.sharing is None and wishes.ask is None:
        return ()
    subject = visit.row.subject
    if wishes.scope is not SharingScope.CONVERSATION:
        subject = subject._replace(conversation=None, older_conversations=())
    held = set_preferences(
        tx,
        workspace=visit.workspace,
        subject=subject,
        wishes=wishes,
        occasion=Occasion(ConsentSource.SETTINGS_PAGE, visit.notice_version, visit.editions),
        at=at,
    )
    if wishes.scope is not SharingScope.CONVERSATION:
        note_choice(tx, held=held, wishes=wishes, at=at)
    return held.useless_keys

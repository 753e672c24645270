"""One random life of an installation: people vote, change their minds, are erased; keys rotate; processes die."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from app.core.clock import MS_PER_DAY, MS_PER_SECOND
from app.core.errors import AppError
from app.disconnection.erasures.jobs import carry_out_erasures
from app.disconnection.erasures.models import ErasureScope, erasures
from app.disconnection.erasures.routes import erase
from app.disconnection.jobs import sweep
from app.disconnection.receipts.routes import withdraw
from app.intake.comparisons.jobs import expire_comparisons
from app.intake.doomed_keys.jobs import destroy_doomed_keys
from app.intake.persons.models import QUIET_MS
from app.intake.persons.services import Subject
from app.operations.installation import Installation
from app.privacy.errors import TicketExpired
from app.privacy.identifiers import Identifier, IdentifierKind
from app.privacy.keyring import Purpose
from app.privacy.models import content_keys, record_keys
from app.privacy.rotation import rewrap_all, rotate_key
from tests.attacks.recovery import Sealed, Witness
from tests.disconnection.killing import Fuse, ended, fused, started
from tests.disconnection.voting import Booth, Voted, door_of
from tests.tables import rows_of

ACCOUNTS: Final = ("anna", "bert", "carl", None)
_LAST_STEP: Final = 30


@dataclass
class Life:
    """A booth, the time, and what has to be gone."""

    booth: Booth
    rng: random.Random
    at: int
    kills: bool = True
    witness: Witness = field(default_factory=Witness)
    votes: list[Voted] = field(default_factory=list)
    erased_at: dict[bytes, int] = field(default_factory=dict)
    """The last look before each person's last erasure."""

    @property
    def here(self) -> Installation:
        """The installation; opened anew after each death."""
        return self.booth.here

    def live(self, steps: int) -> None:
        """Takes random steps, then lets everything that has begun come to its end."""
        moves: list[Callable[[], None]] = [
            self.vote, self.vote, self.vote, self.undo, self.leave, self.erase, self.erase, self.take_back,
            self.rotate, self.carry_on,
        ]  # fmt: skip
        for _ in range(steps):
            self.rng.choice(moves)()
            self.witness.look(self.here)
            self.at += self.rng.choice((10, 200, 1_000)) * MS_PER_SECOND
        self.end()

    def vote(self) -> None:
        """A vote with a text that nothing compresses, sometimes with a picture."""
        account, number = self.rng.choice(ACCOUNTS), len(self.votes)
        parts: list[dict[str, object]] = [
            {"type": "text", "text": f"planted {self.rng.randbytes(150).hex()}"}
        ]
        if number % 3 == 0:
            url = f"upload:{self.booth.upload(self.at - 60_000)}"
            parts.append({"type": "image_url", "image_url": {"url": url}})
        try:
            voted = self.booth.vote(
                self.at,
                account=account,
                conversation=f"talk {self.rng.randrange(2)}",
                messages=[{"role": "user", "content": parts}],
                texts=(self.rng.randbytes(100).hex(), self.rng.randbytes(100).hex()),
                comment=self.rng.randbytes(40).hex(),
            )
        except AssertionError:
            return  # withheld: the person is being erased
        self.votes.append(voted)

    def undo(self) -> None:
        """Somebody takes a vote back, if they still can."""
        if self.votes:
            self._refusable(lambda: self.booth.undo(self.rng.choice(self.votes), self.at))

    def leave(self) -> None:
        """What is final leaves."""
        self.at += 1_000 * MS_PER_SECOND
        self._maybe_killed(lambda here: sweep(door_of(here), at=self.at))

    def take_back(self) -> None:
        """Somebody withdraws by receipt."""
        if not self.votes:
            return
        voted = self.rng.choice(self.votes)
        receipt = self.here.intake.tickets.receipt(self.booth.holder(voted, voted.cast_at).claims)
        self._maybe_killed(lambda here: self._refusable(lambda: withdraw(here.intake, receipt, at=self.at)))

    def erase(self) -> None:
        """Somebody asks to be forgotten, whole or in part."""
        named = [voted for voted in self.votes if voted.person]
        if not named:
            return
        voted, scope = self.rng.choice(named), self.rng.choice(list(ErasureScope))
        before = len(rows_of(self.here.intake_db, erasures))
        self.witness.look(self.here)
        self._maybe_killed(partial(self._erase, person=voted.person, scope=scope))
        # A process that dies first has promised nothing.
        begun = len(rows_of(self.here.intake_db, erasures)) > before
        if begun and scope is ErasureScope.PERSON:
            self.erased_at[voted.person] = self.witness.step

    def _erase(self, here: Installation, *, person: bytes, scope: ErasureScope) -> None:
        named = Identifier(IdentifierKind.CONVERSATION, f"talk {self.rng.randrange(2)}")
        talk = here.intake.pseudonyms.current(self.booth.workspace.id, named)
        erase(
            here.intake,
            workspace=self.booth.workspace,
            subject=Subject(person, conversation=talk),
            scope=scope,
            actor="drill",
            at=self.at,
        )

    def carry_on(self) -> None:
        """The jobs come by."""
        self._maybe_killed(lambda here: carry_out_erasures(here.intake, door_of(here), at=self.at))

    def rotate(self) -> None:
        """Master keys change, and the data keys move to the new one."""
        purpose = self.rng.choice((Purpose.CONTENT, Purpose.RECORD, Purpose.LINK))
        rotate_key(Path(self.here.settings.keyring), purpose, at=self.at)
        self._reopen()
        self.here.__dict__.pop("keyring", None)
        for keys in (self.here.intake.data_keys, self.here.record_keys):
            rewrap_all(keys.rewrap, batch=100, progress=lambda _: None)

    def end(self) -> None:
        """Every erasure comes to its end, nobody dies any more."""
        for _ in range(4):
            self.at += QUIET_MS + 2_000 * MS_PER_SECOND
            expire_comparisons(self.here.intake, at=self.at)
            destroy_doomed_keys(self.here.intake)
            sweep(door_of(self.here), at=self.at)
            carry_out_erasures(self.here.intake, door_of(self.here), at=self.at)
            self.witness.look(self.here)
        self.at += MS_PER_DAY
        sweep(door_of(self.here), at=self.at)
        carry_out_erasures(self.here.intake, door_of(self.here), at=self.at)
        assert {row.state for row in rows_of(self.here.intake_db, erasures)} <= {"done"}

    def gone(self) -> list[Sealed]:
        """What nobody may be able to read any more."""
        now = self.witness.look(self.here)
        living = {bytes(row.id) for row in rows_of(self.here.keystore_db, content_keys)}
        living |= {bytes(row.id) for row in rows_of(self.here.keystore_db, record_keys)}
        return [
            each
            for each, step in self.witness.seen.items()
            if each not in now
            and (each.key_id not in living or not each.person or step <= self.erased_at.get(each.person, -1))
        ]

    def _refusable(self, work: Callable[[], object]) -> None:
        try:
            work()
        except (AppError, TicketExpired):
            return

    def _maybe_killed(self, work: Callable[[Installation], object]) -> None:
        """Does work, or begins it in a process that dies on the way."""
        if not self.kills or self.rng.random() < 0.5:
            work(self.here)
            return
        self._reopen()
        fuse = Fuse(self.rng.randrange(1, _LAST_STEP))
        assert ended(started(lambda: work(fused(self.here, fuse)))) in (0, 1)

    def _reopen(self) -> None:
        """As another process: nothing is remembered of keys."""
        self.here.close()
        for name in ("intake", "research", "record_keys"):
            self.here.__dict__.pop(name, None)

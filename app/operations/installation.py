"""An installation: its settings, keys, databases and zones, opened when first needed."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from app.access.idempotency import models as idempotency_models
from app.access.idempotency.services import Idempotency
from app.access.workspaces import models as access_models
from app.access.workspaces.directory import Directory
from app.core.clock import Clock, monotonic
from app.core.database import Database
from app.core.errors import StartRefused
from app.core.settings import Settings
from app.core.write_behind import WriteBehind
from app.disconnection.zone import Doorstep
from app.intake.comparisons.services import write_shown
from app.intake.documents.library import Library
from app.intake.invitations.inviter import Inviter
from app.intake.persons.services import write_told
from app.intake.zone import Intake
from app.operations.health import HealthCheck
from app.privacy.data_keys import DataKeys
from app.privacy.keyring import Keyring, KeyringError, KeyringMissing, Purpose
from app.privacy.links import Links
from app.privacy.preference_links import PreferenceLinks
from app.privacy.pseudonyms import Pseudonyms
from app.privacy.redaction import Redaction, RedactionApart
from app.privacy.stored_answers import AnswerSeal
from app.privacy.tickets import Tickets
from app.research.exports.addresses import AddressRefused
from app.research.exports.store import ExportStore
from app.research.zone import Research

# A cached data key takes 2.3 KB.
_CACHED_KEYS: Final = 8_000
RESEARCH_PURPOSES: Final = (Purpose.RECORD, Purpose.EXPORT_SIGNING)


@dataclass
class Installation:
    """What one process of Pairvote stands on. A role that may not know persons cannot open intake."""

    settings: Settings
    clock: Clock

    @cached_property
    def keyring(self) -> Keyring:
        """The key ring, as far as the role may hold it. StartRefused says what to do about a bad one."""
        try:
            if self.settings.keyring_text:
                whole = Keyring.load_text(self.settings.keyring_text)
            else:
                whole = Keyring.load_file(Path(self.settings.keyring))
        except KeyringMissing as error:
            raise StartRefused(
                f"{error} Run `flask keys create`, or set PAIRVOTE_KEYRING to where it is."
            ) from None
        except KeyringError as error:
            raise StartRefused(str(error)) from None
        return whole if self.settings.role.serves_intake else whole.restricted(RESEARCH_PURPOSES)

    @cached_property
    def intake_db(self) -> Database:
        """The intake database."""
        if not self.settings.role.serves_intake:
            raise StartRefused(
                "A research process has no intake database: start it with PAIRVOTE_ROLE=intake or all."
            )
        return Database(self.settings.database_url)

    @cached_property
    def research_db(self) -> Database:
        """The research database."""
        return Database(self.settings.research_url)

    @cached_property
    def keystore_db(self) -> Database:
        """The key store."""
        return Database(self.settings.keystore_url, rollback_journal=True)

    @cached_property
    def redaction(self) -> Redaction:
        """What looks through text before it leaves; its models are loaded by the first that passes."""
        return Redaction.from_setting(
            self.settings.name_models,
            plugins=self.settings.redaction_plugins,
            most_seconds=self.settings.redaction_seconds,
        )

    def redact_apart(self) -> None:
        """From now on a process of its own redacts, so that this one need not load any model."""
        self.redaction.close()
        self.__dict__["redaction"] = RedactionApart(
            self.settings.name_models,
            plugins=self.settings.redaction_plugins,
            most_seconds=self.settings.redaction_seconds,
            log_level=self.settings.log_level,
        )

    @cached_property
    def record_keys(self) -> DataKeys:
        """Data keys of research records."""
        return DataKeys(
            self.keystore_db,
            self.keyring,
            monotonic=monotonic,
            purpose=Purpose.RECORD,
            cache_size=_CACHED_KEYS,
        )

    @cached_property
    def intake(self) -> Intake:
        """The intake zone."""
        seconds = self.settings.cache_seconds
        pseudonyms = Pseudonyms(self.keyring)
        return Intake(
            settings=self.settings,
            clock=self.clock,
            db=self.intake_db,
            directory=Directory(self.intake_db, access_models.INTAKE, cache_seconds=seconds),
            idempotency=Idempotency(self.intake_db, idempotency_models.INTAKE, AnswerSeal(self.keyring)),
            pseudonyms=pseudonyms,
            tickets=Tickets(self.keyring),
            preference_links=PreferenceLinks(self.keyring),
            data_keys=DataKeys(self.keystore_db, self.keyring, monotonic=monotonic, cache_size=_CACHED_KEYS),
            shown=WriteBehind(self.intake_db, write_shown),
            told=WriteBehind(self.intake_db, write_told),
            inviter=Inviter(self.intake_db, pseudonyms, cache_seconds=seconds),
            library=Library(self.intake_db, self.settings),
        )

    @cached_property
    def research(self) -> Research:
        """The research zone."""
        keyring = self.keyring.restricted(RESEARCH_PURPOSES)
        seconds = self.settings.cache_seconds
        return Research(
            settings=self.settings,
            clock=self.clock,
            db=self.research_db,
            directory=Directory(self.research_db, access_models.RESEARCH, cache_seconds=seconds),
            idempotency=Idempotency(
                self.research_db, idempotency_models.RESEARCH, AnswerSeal(keyring, Purpose.RECORD)
            ),
            record_keys=self.record_keys,
            keyring=keyring,
            exports_folder=Path(self.settings.exports),
            export_store=self.export_store,
        )

    @cached_property
    def doorstep(self) -> Doorstep:
        """What those are served from whose data it is; research is part of it where this process serves it."""
        research = self.research if self.settings.role.serves_research else None
        return Doorstep(self.intake, Links(self.keyring), research)

    @cached_property
    def export_store(self) -> ExportStore | None:
        """The store that exports are kept in, if there is one. StartRefused says what is wrong with its address."""
        if not self.settings.exports_url:
            return None
        try:
            store = ExportStore(self.settings.exports_url)
            store.check()
        except AddressRefused as refused:
            raise StartRefused(f"PAIRVOTE_EXPORTS_URL cannot be used. {refused}") from None
        return store

    @cached_property
    def health(self) -> HealthCheck:
        """The check of what this process works with."""
        return HealthCheck(self.databases(), self.keyring, monotonic=monotonic)

    @property
    def directory(self) -> Directory:
        """Who may call this process, as a zone of it knows."""
        return self.intake.directory if self.settings.role.serves_intake else self.research.directory

    def databases(self) -> dict[str, Database]:
        """The stores this process works with, by their migration chain."""
        stores = {"keystore": self.keystore_db}
        if self.settings.role.serves_intake:
            stores["intake"] = self.intake_db
        if self.settings.role is not self.settings.role.INTAKE:
            stores["research"] = self.research_db
        return stores

    def close(self) -> None:
        """Writes what waits, closes all connections and ends what was started."""
        if "redaction" in self.__dict__:
            self.redaction.close()
        if "intake" in self.__dict__:
            self.intake.shown.close()
            self.intake.told.close()
        for name in ("intake_db", "research_db", "keystore_db"):
            if name in self.__dict__:
                self.__dict__[name].close()

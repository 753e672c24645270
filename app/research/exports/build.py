"""Builds an export: chooses the records, has their parts made, puts them together, makes it ready.

It may be killed anywhere and done again: the key, the request and the day are the export's own, and the choice and
every part that is complete outlive the builder, so the next one goes on from there and comes to the same bytes. A
folder that is complete is taken as it is.
"""

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import structlog

from app.core.clock import day_of, monotonic
from app.core.errors import StorageUnavailable
from app.privacy.export_keys import keyed_digest
from app.privacy.signatures import signer_of
from app.research.exports import claims, services
from app.research.exports.claims import BuiltExport, ClaimedExport
from app.research.exports.conversations import standing_votes
from app.research.exports.errors import ExportLost
from app.research.exports.failures import PartFailed, told_failure
from app.research.exports.files import CHECKSUMS, MANIFEST, SIGNATURE, measured
from app.research.exports.folder import finish_export, finish_tables
from app.research.exports.identities import ExportIdentities
from app.research.exports.making import PartMaker, PartMakers, save_standing
from app.research.exports.manifest import ExportDetails, read_manifest
from app.research.exports.models import ExportFailure, StoredFile
from app.research.exports.ordering import keyed_order
from app.research.exports.parts import BUILDING, ROWS_PER_FILE, Part, Tick
from app.research.exports.places import copy_export, leave_to_store
from app.research.exports.plan import (
    PartKey,
    Plan,
    Stage,
    clear_but,
    clear_plan,
    find_part,
    find_plan,
    save_plan,
    this_release,
    write_order,
)
from app.research.exports.progress import Phase, Progress, share_of
from app.research.exports.queries import LIST_WITHDRAWN
from app.research.exports.small_cells import Survey, survey
from app.research.exports.tables import VOTES
from app.research.exports.verification import find_damage
from app.research.exports.work_folder import ExportBusy, ExportExists, discard, lasting_work_folder
from app.research.exports.workers import Assignment, Workers
from app.research.zone import Research

Listener = Callable[[Progress], None]

_log: Final = structlog.get_logger("pairvote.exports")
# A twelfth of what a claim lasts.
_EXTEND_SECONDS: Final = 10.0
_IDS_BETWEEN_LOOKS: Final = 10_000
_KEY_ID_BYTES: Final = 8


class BuildFailed(Exception):
    """The export could not be built, and is given up."""

    def __init__(self, failure: ExportFailure) -> None:
        super().__init__(failure.value)
        self.failure = failure


def build_export(
    research: Research,
    claimed: ClaimedExport,
    *,
    processes: int | None = None,
    progress: Listener | None = None,
    rows_per_file: int = ROWS_PER_FILE,
) -> BuiltExport:
    """Builds a claimed export and makes it ready. `progress` is told how far it has come, now and then.

    `processes` are as many as the settings say unless said otherwise; any number of them comes to the same bytes.
    ExportLost and ExportBusy: it was cancelled, or somebody else builds it. StorageUnavailable: it is tried again when
    the claim has lapsed. BuildFailed: whatever else went wrong, it is noted and will not be tried again.
    """
    export_id, claim = claimed.export.id, claimed.claim
    try:
        built = _Build(
            research,
            claimed,
            progress,
            processes=processes or research.settings.export_processes,
            rows_per_file=rows_per_file,
        ).run()
    except (ExportLost, ExportBusy, StorageUnavailable):
        raise
    except Exception as error:
        failed = told_failure(error)
        assert isinstance(failed, PartFailed)
        _log.error(
            "export_failed",
            export=services.export_text(export_id),
            failure=failed.failure.value,
            kind=failed.kind,
            at=failed.at,
        )
        at = research.clock()
        research.db.write(
            lambda tx: claims.fail_export(tx, export_id=export_id, claim=claim, failure=failed.failure, at=at)
        )
        raise BuildFailed(failed.failure) from error
    at = research.clock()
    research.db.write(
        lambda tx: claims.finish_export(tx, export_id=export_id, claim=claim, built=built, at=at)
    )
    leave_to_store(research, export_id)
    return built


class _Build:
    """One attempt at one export."""

    def __init__(
        self,
        research: Research,
        claimed: ClaimedExport,
        progress: Listener | None,
        *,
        processes: int = 1,
        rows_per_file: int = ROWS_PER_FILE,
    ) -> None:
        self._research = research
        self._export, self._claim = claimed
        self._progress = progress
        self._processes = processes
        self._rows_per_file = rows_per_file
        self._target = services.export_folder(research.exports_folder, self._export.id)
        self._signer = signer_of(research.keyring, at=self._export.created_at)
        self._at = Progress(Phase.CHOOSING, 0.0, 0, 0)
        self._extended = monotonic()

    def run(self) -> BuiltExport:
        """The complete folder, told."""
        self._research.exports_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._write()
        except ExportExists:
            # An earlier builder had come to the end, all but the last step.
            if find_damage(self._target, keys=[self._signer.public_key]):
                discard(self._target)
                self._write()
        built = _read_built(self._target)
        if self._research.export_store is not None:
            files = [StoredFile(file.path, file.bytes, file.sha256, file.rows) for file in built.files]
            copy_export(
                self._research,
                self._export.id,
                files,
                self._research.export_store,
                beat=self._extend,
            )
        return built

    def _write(self) -> None:
        key = self._open_key()
        identities = ExportIdentities(key, rater_scope=self._export.asked.rater_scope)
        with lasting_work_folder(self._target) as (work, lock):
            plan, parts = self._taken_over(work)
            if plan is None:
                plan = self._choose(work, identities)
            self._tell(Phase.VOTES, 0, 1, rows_in=plan.rows_in)
            with self._makers(work, lock, plan, identities) as makers:
                votes = self._made(Stage.VOTES, plan, parts, makers)
                talks = self._talks(work, plan, parts, makers)
                feedback = self._made(Stage.FEEDBACK, plan, parts, makers)
            self._tell(Phase.DESCRIBING, 0, 1)
            tables = finish_tables(work, [*votes, *talks, *feedback], self._export.asked.formats)
            self._tell(Phase.DESCRIBING, 1, 2)
            finish_export(
                work, tables, self._details(key, plan), withdrawn=lambda: self._withdrawn(identities)
            )
            clear_plan(work)

    def _details(self, key: bytes, plan: Plan) -> ExportDetails:
        asked = self._export.asked
        return ExportDetails(
            export_id=services.export_text(self._export.id),
            created_day=day_of(self._export.created_at),
            expires_day=day_of(self._export.expires_at),
            key_id=keyed_digest(key, "key id")[:_KEY_ID_BYTES].hex(),
            rater_scope=asked.rater_scope,
            signer=self._signer,
            formats=asked.formats,
            filters=asked.filters.described(),
            k=plan.k,
            small_cells=plan.small_cells,
            dropped=plan.dropped,
            feedback_dropped=plan.feedback_dropped,
            feedback_small_cells=plan.feedback_small_cells,
        )

    def _taken_over(self, work: Path) -> tuple[Plan | None, dict[PartKey, Part]]:
        """What a builder that was killed has left and can be gone on from; all else is removed."""
        plan = find_plan(work, rows_per_file=self._rows_per_file)
        parts = {}
        for stage in Stage if plan is not None else ():
            for number in range(plan.parts_of(stage) if plan is not None else 0):
                self._tell(Phase.CHOOSING, 0, 1)
                key = PartKey(stage, number)
                if (part := find_part(work, key)) is not None:
                    parts[key] = part
        if plan is not None and any(
            PartKey(Stage.VOTES, number) not in parts for number in range(plan.parts)
        ):
            # Conversations are made of all votes.
            parts = {key: part for key, part in parts.items() if key.stage is not Stage.CONVERSATIONS}
        clear_but(work, plan, parts)
        return plan, parts

    def _choose(self, work: Path, identities: ExportIdentities) -> Plan:
        """Chooses the records once and for all attempts."""
        with self._chosen(identities, work, of_feedback=True) as (given, record_ids):
            feedback_order = write_order(work, record_ids, of_feedback=True)
        with self._chosen(identities, work) as (chosen, record_ids):
            order = write_order(work, record_ids)
        plan = Plan(
            made_by=this_release(),
            rows_per_file=self._rows_per_file,
            rows_in=chosen.rows_in,
            dropped=chosen.dropped,
            k=chosen.k,
            small_cells=chosen.small_cells,
            order=order,
            feedback_dropped=given.dropped,
            feedback_small_cells=given.small_cells,
            feedback_order=feedback_order,
        )
        save_plan(work, plan)
        return plan

    @contextlib.contextmanager
    def _makers(
        self, work: Path, lock: int, plan: Plan, identities: ExportIdentities
    ) -> Iterator[PartMakers]:
        if min(self._processes, max(map(plan.parts_of, Stage))) > 1:
            assignment = Assignment(self._research.settings, self._export.id, work, plan)
            with Workers(self._processes, assignment, lock=lock) as workers:
                yield workers
        else:
            yield PartMaker(
                self._research, identities, work=work, plan=plan, formats=self._export.asked.formats
            )

    def _made(
        self, stage: Stage, plan: Plan, found: dict[PartKey, Part], makers: PartMakers
    ) -> Sequence[Part]:
        """All parts of a stage in their order: those that were found, and the others made."""
        keys = [PartKey(stage, number) for number in range(plan.parts_of(stage))]
        missing = [key for key in keys if key not in found]
        tell = self._teller(stage, plan, found)
        # One by one: each that is complete counts from then on.
        for key, part in makers.make(missing, tell):
            found.update({key: part})
        tell(0)
        return [found[key] for key in keys]

    def _teller(self, stage: Stage, plan: Plan, found: dict[PartKey, Part]) -> Tick:
        """Tells of rows that are being written, besides those of the parts that are complete."""

        def tell(rows: int) -> None:
            written = rows + sum(part.rows[stage.value] for key, part in found.items() if key.stage is stage)
            if stage is Stage.VOTES:
                self._tell(Phase.VOTES, written, plan.records, rows_out=written)
            elif stage is Stage.CONVERSATIONS:
                self._tell(Phase.CONVERSATIONS, written, self._at.rows_out)
            else:
                self._tell(Phase.DESCRIBING, 0, 1)

        return tell

    def _talks(
        self, work: Path, plan: Plan, found: dict[PartKey, Part], makers: PartMakers
    ) -> Sequence[Part]:
        """The conversations, which need all votes: first which vote stands for each, then part by part."""
        if any(PartKey(Stage.CONVERSATIONS, number) not in found for number in range(plan.parts)):
            votes = [work / VOTES.parquet_path(number) for number in range(plan.parts)]
            found_in = standing_votes(
                votes,
                work / BUILDING,
                tick=lambda looked_at: self._tell(Phase.GATHERING, looked_at, self._at.rows_out),
            )
            save_standing(work, found_in)
        return self._made(Stage.CONVERSATIONS, plan, found, makers)

    def _withdrawn(self, identities: ExportIdentities) -> dict[str, int]:
        """The workspace's records that have been taken out, by what this export calls them."""
        found = self._research.db.fetch(
            lambda tx: tx.list(LIST_WITHDRAWN, workspace_id=self._export.workspace_id)
        )
        names = identities.row_ids([(record.id, record.is_feedback) for record in found])
        return {name: record.withdrawn_week for name, record in zip(names, found, strict=True)}

    def _open_key(self) -> bytes:
        key = services.open_key(self._research.record_keys, self._export)
        if key is None:
            # It goes with the export: this one has ended meanwhile.
            raise ExportLost
        return key

    @contextlib.contextmanager
    def _chosen(
        self, identities: ExportIdentities, work: Path, *, of_feedback: bool = False
    ) -> Iterator[tuple[Survey, Iterator[bytes]]]:
        """What is chosen, and the records' ids in the export's order. The database's snapshot ends before the first."""
        (work / BUILDING).mkdir(exist_ok=True)
        with contextlib.ExitStack() as ordering:
            with tempfile.TemporaryFile(dir=work) as spool:
                with self._research.db.snapshot() as tx:
                    chosen = survey(
                        tx,
                        workspace_id=self._export.workspace_id,
                        request=self._export.asked,
                        spool=spool,
                        of_feedback=of_feedback,
                        tick=lambda: self._tell(Phase.CHOOSING, 0, 1),
                    )
                self._tell(Phase.CHOOSING, 0, 1, rows_in=None if of_feedback else chosen.rows_in)
                found = self._ticking(chosen.record_ids(spool))
                ordered = ordering.enter_context(
                    keyed_order(found, order_key=identities.order_key, scratch=work / BUILDING)
                )
            yield chosen, ordered

    def _ticking(self, record_ids: Iterable[bytes]) -> Iterator[bytes]:
        for count, record_id in enumerate(record_ids, start=1):
            if count % _IDS_BETWEEN_LOOKS == 0:
                self._tell(Phase.CHOOSING, 0, 1)
            yield record_id
        self._tell(Phase.CHOOSING, 1, 1)

    def _tell(
        self, phase: Phase, done: int, of: int, *, rows_in: int | None = None, rows_out: int | None = None
    ) -> None:
        """Notes how far it has come, tells it, and keeps the claim. ExportLost."""
        self._at = Progress(
            phase,
            max(self._at.share, share_of(phase, done, of)),
            self._at.rows_in if rows_in is None else rows_in,
            self._at.rows_out if rows_out is None else rows_out,
        )
        self._extend()
        if self._progress is not None:
            self._progress(self._at)

    def _extend(self) -> None:
        """Keeps the claim, now and then. ExportLost."""
        now = monotonic()
        if now - self._extended < _EXTEND_SECONDS:
            return
        at, told = self._research.clock(), self._at
        self._research.db.write(
            lambda tx: claims.extend_claim(
                tx, export_id=self._export.id, claim=self._claim, progress=told, at=at
            )
        )
        self._extended = now


def _read_built(target: Path) -> BuiltExport:
    """What a complete folder says of itself."""
    manifest = read_manifest((target / MANIFEST).read_text(encoding="utf-8"))
    manifest_file = measured(target, MANIFEST)
    return BuiltExport(
        rows_in=manifest.rows_in,
        rows_out=manifest.rows_out,
        dropped={reason: count for reason, count in manifest.dropped.items() if count},
        files=[
            *manifest.files,
            manifest_file,
            measured(target, SIGNATURE),
            measured(target, CHECKSUMS),
        ],
        manifest_sha256=manifest_file.sha256,
    )

"""Use cases of uploads: take a file, find it again for its comparison's voter."""

from typing import Any, Final, NamedTuple

from app.access.workspaces.models import Workspace
from app.core.clock import day_of
from app.core.connections import Transaction
from app.core.ids import from_text, uuid7, uuid7_time
from app.intake.uploads.errors import UploadEmpty, UploadTypeRefused
from app.intake.uploads.media import sniff
from app.intake.uploads.queries import INSERT_UPLOAD
from app.intake.zone import Intake
from app.privacy.sealing import bind, seal

UPLOAD_PREFIX: Final = "upl"


class SealedUpload(NamedTuple):
    """A checked file, encrypted under a key of its own."""

    workspace_id: bytes
    upload_id: bytes
    media_type: str
    size_bytes: int
    sealed: bytes


def prepare_upload(
    intake: Intake, *, workspace: Workspace, data: bytes, declared: str, at: int
) -> SealedUpload:
    """Checks a file's content against its declared type and seals it. UploadEmpty, UploadTypeRefused."""
    if not data:
        raise UploadEmpty
    media_type = sniff(data)
    if media_type is None or media_type != declared.partition(";")[0].strip():
        raise UploadTypeRefused
    upload_id = uuid7(at)
    key = intake.data_keys.get_or_create(upload_id, day=day_of(at))
    sealed = seal(key, data, bound_to=bind("upload", workspace.id, upload_id))
    return SealedUpload(workspace.id, upload_id, media_type, len(data), sealed)


def store_upload(tx: Transaction, *, upload: SealedUpload, at: int) -> None:
    """Stores an upload; a comparison that refers to it claims it."""
    tx.run(
        INSERT_UPLOAD,
        workspace_id=upload.workspace_id,
        day=day_of(at),
        id=upload.upload_id,
        comparison_id=None,
        media_type=upload.media_type,
        size_bytes=upload.size_bytes,
        sealed=upload.sealed,
        created_at=at,
    )


def upload_key(text: str) -> dict[str, Any] | None:
    """An upload's key columns from its external id; None when the text is no such id."""
    upload_id = from_text(UPLOAD_PREFIX, text)
    if upload_id is None:
        return None
    return {"upload_day": day_of(uuid7_time(upload_id)), "upload_id": upload_id}

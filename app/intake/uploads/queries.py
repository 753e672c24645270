"""Statements over uploads."""

from typing import Final, NamedTuple

from sqlalchemy import bindparam, delete, select, update

from app.core.statements import insert_row, query, statement
from app.intake.uploads.models import uploads

_U: Final = uploads.c
_THIS: Final = (
    _U.workspace_id == bindparam("workspace_id"),
    _U.day == bindparam("upload_day"),
    _U.id == bindparam("upload_id"),
)


class StoredUpload(NamedTuple):
    """An upload as stored."""

    comparison_id: bytes | None
    media_type: str
    sealed: bytes


INSERT_UPLOAD: Final = insert_row(uploads)
# Uploads of a day or more are about to be deleted with nothing using them; an attached one belongs to its comparison.
ATTACH_UPLOAD: Final = statement(
    update(uploads)
    .where(*_THIS, _U.comparison_id.is_(None))
    .values(comparison_id=bindparam("new_comparison_id"))
)
FIND_UPLOAD: Final = query(select(_U.comparison_id, _U.media_type, _U.sealed).where(*_THIS), StoredUpload)
LIST_UPLOADS_OF: Final = query(
    select(_U.id).where(
        _U.workspace_id == bindparam("workspace_id"), _U.comparison_id == bindparam("comparison_id")
    ),
    bytes,
)
DELETE_UPLOADS_OF: Final = statement(
    delete(uploads).where(
        _U.workspace_id == bindparam("workspace_id"), _U.comparison_id == bindparam("comparison_id")
    )
)

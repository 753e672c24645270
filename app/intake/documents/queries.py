"""Statements over published documents."""

from typing import Final

from sqlalchemy import bindparam, select

from app.core.statements import insert_or_ignore, insert_row, query
from app.intake.documents.models import Edition, Wording, document_texts, documents

_D: Final = documents.c
_T: Final = document_texts.c

INSERT_DOCUMENT: Final = insert_or_ignore(documents, keys=["workspace_id", "kind", "version"])
INSERT_TEXT: Final = insert_row(document_texts)
LIST_EDITIONS: Final = query(
    select(*(_D[name] for name in Edition._fields))
    .where(_D.workspace_id == bindparam("workspace_id"))
    .order_by(_D.effective_at, _D.published_at, _D.version),
    Edition,
)
LIST_TEXTS: Final = query(
    select(*(_T[name] for name in Wording._fields)).where(
        _T.workspace_id == bindparam("workspace_id"),
        _T.kind == bindparam("kind"),
        _T.version == bindparam("version"),
    ),
    Wording,
)

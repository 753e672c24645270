"""Statements over consents."""

from typing import Final

from sqlalchemy import bindparam, select

from app.core.statements import insert_row, query
from app.intake.consents.models import Consent, consents

_C: Final = consents.c
_OF_PERSON: Final = (_C.workspace_id == bindparam("workspace_id"), _C.person == bindparam("person"))

INSERT_CONSENT: Final = insert_row(consents)
LIST_CONSENTS: Final = query(
    select(*(_C[name] for name in Consent._fields)).where(*_OF_PERSON).order_by(_C["at"], _C.id), Consent
)

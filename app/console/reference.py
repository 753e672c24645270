"""What the pages and the description of the API are made from: the operations that this process has mounted."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from app.access.idempotency.errors import CallInProgress, KeyReused
from app.core.http import Operation
from app.core.openapi import Document, build_openapi
from app.core.settings import Role


@dataclass
class Reference:
    """The API of this process. `operations` may still grow until the document is first asked for."""

    operations: Sequence[tuple[str, Operation]]
    role: Role

    @cached_property
    def document(self) -> Document:
        """The OpenAPI document."""
        return build_openapi(self.operations, idempotency_errors=(CallInProgress, KeyReused))

    @cached_property
    def document_json(self) -> bytes:
        """The OpenAPI document as people and programs read it."""
        return (json.dumps(self.document, indent=2, ensure_ascii=False) + "\n").encode()

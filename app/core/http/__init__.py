"""The HTTP edge: operations are declared once; the running code and the API description both come from that."""

from app.core.http.operations import Access, Answer, Call, Operation, Operations, PublicAccess
from app.core.http.request import Request

__all__ = ["Access", "Answer", "Call", "Operation", "Operations", "PublicAccess", "Request"]

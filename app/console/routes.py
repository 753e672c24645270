"""The description of the API, for programs."""

from typing import Final

from marshmallow import INCLUDE, Schema, fields

from app.console.reference import Reference
from app.core.http import Answer, Call, Operations, PublicAccess

operations: Final[Operations[Reference]] = Operations("reference")


class OpenApiSchema(Schema):
    """An OpenAPI 3.1 document."""

    class Meta:
        """The specification names many more members."""

        unknown = INCLUDE

    openapi = fields.String(required=True, metadata={"examples": ["3.1.0"]})
    info = fields.Dict(required=True)
    paths = fields.Dict(required=True)
    components = fields.Dict(required=True)


@operations.operation("GET", "/openapi.json", access=PublicAccess(), answer=OpenApiSchema)
def get_openapi(reference: Reference, _call: Call[None, None]) -> Answer:
    """Get this description.

    It is made from the declarations that the running code uses. `/docs` shows the same for reading.
    """
    return Answer(reference.document_json)

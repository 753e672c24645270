"""The API's description in OpenAPI 3.1, made from the declarations that the code runs on."""

from app.core.openapi.document import Document, build_openapi

__all__ = ["Document", "build_openapi"]

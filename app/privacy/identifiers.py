"""Raw references to a host's end user, in a form that cannot slip into a log, a row or a message."""

import unicodedata
from enum import StrEnum
from typing import ClassVar, Final, final

from app.privacy.errors import IdentifierInvalid
from app.privacy.opaque import Opaque

MAX_IDENTIFIER_BYTES: Final = 512

# Composition can shorten a text, never by more than this; a longer one need not be normalised to be refused.
_MAX_RAW_CHARACTERS: Final = 4 * MAX_IDENTIFIER_BYTES


class IdentifierKind(StrEnum):
    """What a raw identifier refers to on the host's side."""

    ACCOUNT = "account"
    API_KEY = "api_key"
    PROJECT = "project"
    CONVERSATION = "conversation"
    RESPONSE = "response"
    PAGE = "page"


class Plane(StrEnum):
    """The two uses of a pseudonym, which must not be joinable with each other."""

    PREFERENCE = "preference"
    ABUSE = "abuse"


@final
class Identifier(Opaque):
    """One raw identifier, held for the length of a request.

    Two spellings that Unicode calls canonically equivalent are one identifier; case and compatibility forms
    stay distinct, since only the host knows what its own references mean.
    """

    __slots__ = ("_canonical", "_kind")

    def __init__(self, kind: IdentifierKind, text: str) -> None:
        self._kind = kind
        self._canonical = _canonical_bytes(kind, text)

    @property
    def kind(self) -> IdentifierKind:
        return self._kind

    def reveal_bytes(self) -> bytes:
        """The canonical form: UTF-8 of the NFC text. For keyed hashing only."""
        return self._canonical

    def __repr__(self) -> str:
        return f"<{self._kind.value}: redacted>"

    # Unhashable: in sets and dictionary keys, identifiers would outlive their request.
    __hash__: ClassVar[None]  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Identifier):
            return NotImplemented
        return self._kind is other._kind and self._canonical == other._canonical


def _canonical_bytes(kind: IdentifierKind, text: str) -> bytes:
    if not text:
        raise IdentifierInvalid(f"{kind.value} is empty")
    if len(text) > _MAX_RAW_CHARACTERS:
        raise IdentifierInvalid(f"{kind.value} is longer than {MAX_IDENTIFIER_BYTES} bytes")
    canonical = _utf8(unicodedata.normalize("NFC", text))
    if canonical is None:
        raise IdentifierInvalid(f"{kind.value} holds a lone surrogate")
    if b"\x00" in canonical:
        raise IdentifierInvalid(f"{kind.value} holds a NUL character")
    if len(canonical) > MAX_IDENTIFIER_BYTES:
        raise IdentifierInvalid(f"{kind.value} is longer than {MAX_IDENTIFIER_BYTES} bytes")
    return canonical


def _utf8(text: str) -> bytes | None:
    # Not chained into a new exception: the codec's own carries the text, and would be its context.
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return None

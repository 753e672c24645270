"""One versioned key, what it is for, and what may be shown of it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from app.privacy.derivation import bind, derive_key
from app.privacy.opaque import Opaque

SECRET_BYTES: Final = 32
CHECK_BYTES: Final = 16
MAX_VERSION: Final = 0xFFFF


class Purpose(StrEnum):
    """What a key may be used for; no key serves two purposes."""

    PSEUDONYM = "pseudonym"
    CONTENT = "content"
    TICKET = "ticket"
    LINK = "link"
    RECORD = "record"
    EXPORT_SIGNING = "export-signing"


class KeyState(StrEnum):
    """`primary` makes new values, `active` still reads old ones, `retired` has lost its secret for good."""

    PRIMARY = "primary"
    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Key(Opaque):
    """One version of one purpose's key; a retired one has an empty secret and keeps its number taken."""

    purpose: Purpose
    version: int
    secret: bytes = field(repr=False)
    created_at: int
    state: KeyState

    @property
    def is_readable(self) -> bool:
        return self.state is not KeyState.RETIRED

    @property
    def mark(self) -> bytes:
        """The two bytes that say, in a stored value, which key made it."""
        return self.version.to_bytes(2, "big")

    def check_value(self) -> bytes:
        """Bytes that identify the secret without helping anyone to find it."""
        info = b"pairvote/key-check/v1" + bind(self.purpose.value, self.mark)
        return derive_key(self.secret, info, length=CHECK_BYTES)


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """What an operator may see of a key; `check` is empty for a retired one."""

    purpose: Purpose
    version: int
    state: KeyState
    created_at: int
    check: str

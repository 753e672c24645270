"""How a record's row holds what no query looks at: facts as JSON in clear, text sealed under its own key."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from app.privacy.sealing import DataKey, compress_and_seal, unseal_and_expand

_LISTS: Final = ("reasons", "quality_flags")


def pack_facts(record: object, names: Sequence[str]) -> str:
    """A record's facts for storage; what is empty is left out."""
    facts = {name: getattr(record, name) for name in names}
    return json.dumps({name: value for name, value in facts.items() if value not in (None, (), {})})


def unpack_facts(text: str) -> dict[str, Any]:
    """Facts as a record has them."""
    facts: dict[str, Any] = orjson.loads(text)
    for name in _LISTS:
        if name in facts:
            facts[name] = tuple(facts[name])
    return facts


def pack_text(key: DataKey, plain: Mapping[str, Any], *, bound_to: bytes) -> bytes:
    """What people and models wrote, for storage in the row that it is bound to."""
    return compress_and_seal(key, json.dumps(plain, ensure_ascii=False).encode(), bound_to=bound_to)


def unpack_text(key: DataKey | None, sealed: bytes, *, bound_to: bytes) -> Any:
    """What was packed. SealBroken when it was altered; ValueError without a key."""
    if key is None:
        raise ValueError("a record with text is read with its key")
    return orjson.loads(unseal_and_expand(key, sealed, bound_to=bound_to))

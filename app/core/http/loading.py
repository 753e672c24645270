"""Loads values by their Marshmallow schema, compiled once: the hot path pays for the checks alone.

Marshmallow's own walk through a schema costs more than casting a vote. A compiled loader takes a value that
plainly fits, to the same result, with the schema's own fields, validators and hooks. Whatever does not plainly fit
is given to the schema itself, which decides and says what is wrong. The schema stays the one declaration of what is
taken.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Any, Final, NamedTuple

from marshmallow import RAISE, Schema, ValidationError, fields, missing, validate

Load = Callable[[Any], Any]
Check = Callable[[Any], object]


class _NotPlain(Exception):
    """The value may still be right; the schema itself has to say."""


_REQUIRED: Final = object()
_HOOKS: Final = ("pre_load", "validates_schema", "post_load")


@cache
def compile_loader(schema: Schema) -> Load:
    """What `schema.load` does, faster where the value is as it should be. ValidationError as there.

    Schemas live as long as their operations, which every application of a process shares.
    """
    plain = _of_schema(schema)
    if plain is None:
        return schema.load

    def load(value: Any) -> Any:
        try:
            return plain(value)
        except (_NotPlain, ValidationError):
            return schema.load(value)

    return load


class _Entry(NamedTuple):
    """One field of a schema: its name in the data and in the result, and what stands for an absent value."""

    key: str
    name: str
    load: Load
    absent: Any


def _of_schema(schema: Schema) -> Load | None:
    """The loader of a whole object; None where the schema uses what is not compiled."""
    hooks = schema._hooks  # noqa: SLF001  (Marshmallow has no public name for it)
    used = {kind for kind, found in hooks.items() if found}
    odd = any(many or options.get("pass_original") for kind in _HOOKS for _, many, options in hooks[kind])
    entries = [_entry(name, field) for name, field in schema.load_fields.items()]
    if odd or schema.many or schema.unknown != RAISE or schema.partial is not None:
        return None
    if not used <= {*_HOOKS, "pre_dump", "post_dump"} or any("." in entry.name for entry in entries):
        return None
    before, checks, after = ([getattr(schema, name) for name, _, _ in hooks[kind]] for kind in _HOOKS)
    told: Final = {"many": False, "partial": None, "unknown": RAISE}

    def load(value: Any) -> Any:
        for hook in before:
            value = hook(value, **told)
        if type(value) is not dict:
            raise _NotPlain
        loaded: Any = _load_fields(entries, value)
        for hook in checks:
            hook(loaded, **told)
        for hook in after:
            loaded = hook(loaded, **told)
        return loaded

    return load


def _load_fields(entries: list[_Entry], value: dict[str, Any]) -> dict[str, Any]:
    loaded = {}
    taken = 0
    for key, name, load, absent in entries:
        if key in value:
            loaded[name] = load(value[key])
            taken += 1
        elif absent is _REQUIRED:
            raise _NotPlain
        elif absent is not missing:
            loaded[name] = absent() if callable(absent) else absent
    if taken != len(value):
        raise _NotPlain
    return loaded


def _entry(name: str, field: fields.Field[Any]) -> _Entry:
    key = name if field.data_key is None else field.data_key
    absent = _REQUIRED if field.required else field.load_default
    return _Entry(key, field.attribute or name, _of_field(key, field), absent)


def _of_field(key: str | None, field: fields.Field[Any]) -> Load:
    """The loader of one value: what kind it must be of, then the field's validators."""
    make_convert: Callable[[Any], Load | None] = _KINDS.get(type(field), _by_itself)
    convert = None if field.pre_load or field.post_load else make_convert(field)
    if convert is None:
        return lambda value: field.deserialize(value, key)
    for validator in field.validators:
        make_check = _CHECKS.get(type(validator))
        convert = _checked(convert, (make_check and make_check(validator)) or validator)
    return _or_none(convert) if field.allow_none else convert


def _checked(convert: Load, check: Check) -> Load:
    def load(value: Any) -> Any:
        result = convert(value)
        check(result)
        return result

    return load


def _or_none(convert: Load) -> Load:
    return lambda value: None if value is None else convert(value)


def _by_itself(field: fields.Field[Any]) -> Load | None:
    """A field of another class loads its value by its own method, and must not look at the values beside it."""
    kind = type(field)
    if kind.deserialize is not fields.Field.deserialize or kind._validate is not fields.Field._validate:  # noqa: SLF001
        return None

    def convert(value: Any) -> Any:
        if value is None:
            raise _NotPlain
        return field._deserialize(value, field.name, None)  # noqa: SLF001  (what its class says of a value)

    return convert


def _exactly(kind: type) -> Load:
    def convert(value: Any) -> Any:
        if type(value) is not kind:
            raise _NotPlain
        return value

    return convert


def _number(value: Any) -> float:
    if type(value) is int or type(value) is float:
        try:
            number = float(value)
        except OverflowError:
            raise _NotPlain from None
        if math.isfinite(number):
            return number
    raise _NotPlain


def _boolean(field: fields.Boolean) -> Load | None:
    return _exactly(bool) if True in field.truthy and False in field.falsy else None


def _enum(field: fields.Enum[Any]) -> Load | None:
    if field.by_value is not True:
        return None
    members = {member.value: member for member in field.enum}

    def convert(value: Any) -> Any:
        if type(value) is not str or value not in members:
            raise _NotPlain
        return members[value]

    return convert


def _list(field: fields.List[Any]) -> Load:
    inner = _of_field(None, field.inner)

    def convert(value: Any) -> Any:
        if type(value) is not list:
            raise _NotPlain
        return [inner(item) for item in value]

    return convert


def _nested(field: fields.Nested) -> Load | None:
    return None if field.many or field.unknown is not None else _of_schema(field.schema)


# Exact classes: a subclass may mean something else. No conversion takes None.
_KINDS: Final[dict[type, Callable[[Any], Load | None]]] = {
    fields.String: lambda _: _exactly(str),
    fields.Integer: lambda _: _exactly(int),
    fields.Float: lambda _: _number,
    fields.Boolean: _boolean,
    fields.Enum: _enum,
    fields.List: _list,
    fields.Nested: _nested,
}


def _length(validator: validate.Length) -> Check:
    low, high = validator.min or 0, math.inf if validator.max is None else validator.max
    if validator.equal is not None:
        low = high = validator.equal

    def check(value: Any) -> None:
        if not low <= len(value) <= high:
            raise _NotPlain

    return check


def _range(validator: validate.Range) -> Check | None:
    low, high = validator.min, validator.max
    if low is None or high is None or not (validator.min_inclusive and validator.max_inclusive):
        return None

    def check(value: Any) -> None:
        if not low <= value <= high:
            raise _NotPlain

    return check


def _pattern(validator: validate.Regexp) -> Check:
    match = validator.regex.match

    def check(value: Any) -> None:
        if match(value) is None:
            raise _NotPlain

    return check


# Marshmallow's validators prepare what they would say; other ones are called as they are.
_CHECKS: Final[dict[type, Callable[[Any], Check | None]]] = {
    validate.Length: _length,
    validate.Range: _range,
    validate.Regexp: _pattern,
}

"""The compiled loader takes and refuses what Marshmallow does, with the same result and in the same words."""

import copy
import datetime as dt
import random
from collections.abc import Iterator
from typing import Any, Final

import pytest
from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validate

from app.core.http import Operation
from app.core.http.loading import Load, compile_loader
from tests.core.openapi_document import mounted

_FULL: Final[dict[str, Any]] = {
    "invitation": "inv_1",
    "identifiers": {"account": "a", "api_key": "b", "project": "c", "conversation": "d"},
    "conversation": [
        {"role": "system", "content": "s"},
        {"role": "user", "content": [{"type": "text", "text": "t"}], "name": "n"},
        {"role": "assistant", "content": None, "tool_calls": [{"id": 10**30}]},
        {"role": "user", "content": "q"},
    ],
    "responses": [
        {
            "model": "m",
            "content": "x",
            "provider": "p",
            "response_model": "r",
            "response_id": "i",
            "usage": {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3},
            "latency_ms": 4,
            "time_to_first_chunk_ms": 5,
            "finish_reason": "stop",
            "parameters": {"temperature": 1, "top_p": 0.5, "seed": None, "stop_sequences": ["."]},
            "safety_ratings": [
                {"category": "HARM_CATEGORY_HARASSMENT", "probability": "LOW", "blocked": True},
            ],
        },
        {
            "model": "n",
            "content": [{"type": "image_url", "image_url": {"url": "https://example.com/x.png"}}],
            "usage": {"prompt_tokens": 1, "completion_tokens_details": {"reasoning_tokens": 2}},
        },
    ],
    "safety_settings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF"}],
    "surface": "chat",
    "locale": "de-AT",
    "client": {"name": "app", "version": "1", "country": "DE"},
    "signals": {"gpc": False},
}
_VOTE: Final[dict[str, Any]] = {
    "choice": "left",
    "strength": 2,
    "reasons": ["useful", "useful", "complete"],
    "comment": "c",
    "shown_ms": 8200,
}
_MORE: Final = {"create_comparison": [_FULL], "cast_vote": [_VOTE]}
_ODD: Final[list[Any]] = [
    *(None, True, False, 0, 1, -1, 2, 2**53, 2**53 + 1, 10**400, 1.0, 1.5, -0.5, float("inf"), 1e300),
    *(
        "",
        " ",
        "left",
        "yes",
        "off",
        "1",
        "true",
        "x" * 201,
        "x" * 4001,
        "ü",
        "chat\n",
        "2026-11-29T10:00:00Z",
    ),
    *([], [None], ["x"], [[]], [1, 2], {}, {"x": 1}, {"role": "user", "content": "x"}, [{}], {"": None}),
]
_WITH_BODY: Final = [operation for operation in mounted() if operation.body is not None]


def _outcome(load: Load, value: Any) -> tuple[str, Any]:
    try:
        return "taken", load(copy.deepcopy(value))
    except ValidationError as error:
        return "refused", error.messages


def _places(value: Any) -> Iterator[Any]:
    """Every dict and list in a value, itself included."""
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _places(inner)


def _change(value: Any, rng: random.Random) -> Any:
    """A value with one or two mistakes in it, or none."""
    changed = {"it": copy.deepcopy(value)}
    for _ in range(rng.choice((1, 1, 2))):
        place = rng.choice([*_places(changed)])
        keys = [*place] if isinstance(place, dict) else [*range(len(place))]
        if not keys or rng.random() < 0.2:
            _add(place, rng)
        elif rng.random() < 0.2 and place is not changed:
            del place[rng.choice(keys)]
        else:
            place[rng.choice(keys)] = copy.deepcopy(rng.choice(_ODD))
    return changed["it"]


def _add(place: Any, rng: random.Random) -> None:
    value = copy.deepcopy(rng.choice(_ODD))
    if isinstance(place, dict):
        place[rng.choice(("favourite", "content", "account", "comment", ""))] = value
    else:
        place.append(value)


@pytest.mark.parametrize("operation", _WITH_BODY, ids=lambda operation: operation.name)
def test_every_body_is_loaded_as_its_schema_loads_it(operation: Operation) -> None:
    schema, rng = operation.body, random.Random(operation.name)
    assert schema is not None
    load = compile_loader(schema)
    seeds = [seed for seed in (operation.example, *_MORE.get(operation.name, [])) if seed is not None]
    assert all(_outcome(load, seed)[0] == "taken" for seed in seeds)
    bodies = [*seeds, *_ODD, *(_change(rng.choice(seeds or [{}]), rng) for _ in range(1500))]
    for body in bodies:
        assert _outcome(load, body) == _outcome(schema.load, body), body


def test_the_bodies_above_are_of_both_kinds() -> None:
    (schema,) = (operation.body for operation in _WITH_BODY if operation.name == "create_comparison")
    assert schema is not None
    rng = random.Random(1)
    outcomes = [_outcome(compile_loader(schema), _change(_FULL, rng))[0] for _ in range(300)]
    assert min(outcomes.count("taken"), outcomes.count("refused")) > 30


class _Upper(fields.String):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return str(super()._deserialize(value, attr, data, **kwargs)).upper()


class _Late(fields.String):
    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        loaded = super().deserialize(value, attr, data, **kwargs)
        return ["late", loaded] if isinstance(loaded, str) else loaded


class _Inner(Schema):
    number = fields.Integer(strict=True, data_key="no", validate=validate.Range(1, 3, max_inclusive=False))


class _Wide(Schema):
    """Whatever a field can be told."""

    upper = _Upper(validate=[validate.Length(min=1), validate.OneOf(["A", "BB"])])
    nothing = _Upper(allow_none=True, load_default="left out")
    late = _Late()
    stripped = fields.String(pre_load=[str.strip], post_load=[str.title])
    moment = fields.AwareDateTime(validate=validate.Range(min=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)))
    table = fields.Dict(keys=fields.String(), values=fields.Integer(strict=True))
    inner = fields.Nested(_Inner, data_key="in", attribute="within")
    several = fields.Nested(_Inner, many=True)
    listed = fields.List(_Upper(), load_default=list, validate=validate.Length(max=2))
    word = fields.String(validate=validate.Regexp(r"[a-z]+\Z"), required=True)

    @pre_load
    def _rename(self, data: Any, **_: Any) -> Any:
        return {"word": data["old"]} if isinstance(data, dict) and "old" in data else data

    @post_load
    def _mark(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "is_marked": True}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"old": "new"},
        {"word": None},
        {"word": "A"},
        {"upper": "a"},
        {"upper": "c"},
        {"upper": ""},
        {"upper": None},
        {"nothing": None},
        {"nothing": "n"},
        {"late": "x"},
        {"late": 1},
        {"stripped": " so what "},
        {"moment": "2026-11-22T10:00:00Z"},
        {"moment": "2025-11-22T10:00:00Z"},
        {"table": {"a": 1}},
        {"table": {"a": 1.5}},
        {"in": {"no": 2}},
        {"in": {"no": 3}},
        {"in": {"number": 2}},
        {"within": {"no": 2}},
        {"several": [{"no": 1}, {"no": 2}]},
        {"several": [{"no": 1}, {"no": 9}]},
        {"listed": ["a", "b"]},
        {"listed": ["a", None]},
        {"listed": ["a", "b", "c"]},
    ],
)
def test_a_field_means_what_it_means_to_marshmallow(change: dict[str, Any]) -> None:
    body = {"word": "w", **change}
    assert _outcome(compile_loader(_Wide()), body) == _outcome(_Wide().load, body)

"""How an API operation is declared, called and answered."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar, cast

from marshmallow import Schema

from app.core.connections import Transaction
from app.core.database import Database
from app.core.errors import AppError, StorageUnavailable
from app.core.http.request import DEFAULT_BODY_LIMIT, Request

Z = TypeVar("Z")
B = TypeVar("B")
C = TypeVar("C")

Headers = Sequence[tuple[str, str]]


class Answer(NamedTuple):
    """What an operation answers: `body` is JSON-able, or bytes that are sent as they are, or an iterator of bytes."""

    body: Any = None
    status: int = 200
    headers: Headers = ()


class Access(Protocol):
    """Who may call an operation. `scheme` names it in the API description; `is_cors` opens it to browsers."""

    scheme: ClassVar[str | None]
    is_cors: ClassVar[bool]

    def authenticate(self, zone: Any, request: Request, at: int) -> Any:
        """The caller; NotAuthenticated or NotPermitted otherwise."""
        ...


class PublicAccess:
    """Anybody; said out loud, because an operation without access does not start."""

    scheme: ClassVar[str | None] = None
    is_cors: ClassVar[bool] = False

    def authenticate(self, zone: Any, request: Request, at: int) -> None:
        """Lets everybody in."""
        return


class IdempotentWrite(Protocol):
    """One call under an idempotency key."""

    def around(self, work: Callable[[Transaction], Answer]) -> Callable[[Transaction], Answer]:
        """The same use case, keeping its answer in its own transaction."""
        ...

    def find_answer(self) -> Answer | None:
        """What a call under this key was answered, or None."""
        ...

    def end(self) -> None:
        """The call is over, well or badly: another one may use the key."""
        ...


class Call(Generic[B, C]):
    """One call of an operation: who, what, when."""

    __slots__ = ("at", "body", "caller", "idempotency", "path", "query", "request")

    def __init__(
        self, request: Request, *, caller: C, body: B, query: Any, path: Mapping[str, str], at: int
    ) -> None:
        self.request = request
        self.caller = caller
        self.body = body
        self.query = query
        self.path = path
        self.at = at
        self.idempotency: IdempotentWrite | None = None

    def write(
        self, database: Database, work: Callable[[Transaction], Answer], *, touches: Sequence[bytes] = ()
    ) -> Answer:
        """Runs a use case durably, once per idempotency key. `touches` as for `Database.write`."""
        if self.idempotency is None:
            return database.write(work, touches=touches)
        try:
            return database.write(self.idempotency.around(work), touches=touches)
        except StorageUnavailable:
            raise
        except AppError:
            # Another process may have answered the same call meanwhile; a refusal may be its doing as well, which has
            # used up what this call wanted to use.
            stored = self.idempotency.find_answer()
            if stored is None:
                raise
            return stored


Handler = Callable[[Any, Any], Answer]


@dataclass(frozen=True)
class Operation:
    """One method of one address, and all that the API description says of it."""

    method: str
    path: str
    handler: Handler
    access: Access
    body: Schema | None
    query: Schema | None
    answer: Schema | None
    status: int
    errors: tuple[type[AppError], ...]
    is_idempotent: bool
    body_limit: Callable[[Any], int]
    media_type: str | None
    answer_type: str | None
    also: Mapping[int, str]
    example: Any = None
    answer_example: Any = None

    @property
    def name(self) -> str:
        """The operation's id: the handler's name."""
        return self.handler.__name__

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return (inspect.getdoc(self.handler) or self.name).partition("\n")[0]

    @property
    def description(self) -> str:
        """The rest of the handler's docstring."""
        return (inspect.getdoc(self.handler) or "").partition("\n")[2].strip()

    @property
    def parameters(self) -> list[str]:
        """Names of the path's parameters, in order."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]


def _default_body_limit(_zone: object) -> int:
    return DEFAULT_BODY_LIMIT


@dataclass
class Operations(Generic[Z]):
    """The operations of one feature. `Z` is the zone its handlers are given."""

    tag: str
    declared: list[Operation] = field(default_factory=list)

    def operation(
        self,
        method: str,
        path: str,
        *,
        access: Access,
        body: type[Schema] | None = None,
        query: type[Schema] | None = None,
        answer: type[Schema] | None = None,
        status: int = 200,
        errors: Iterable[type[AppError]] = (),
        is_idempotent: bool = False,
        body_limit: Callable[[Z], int] = _default_body_limit,
        media_type: str | None = None,
        answer_type: str | None = None,
        also: Mapping[int, str] = MappingProxyType({}),
        example: Any = None,
        answer_example: Any = None,
    ) -> Callable[[Callable[[Z, Call[Any, Any]], Answer]], Callable[[Z, Call[Any, Any]], Answer]]:
        """Declares an operation.

        `media_type` replaces JSON as what the call takes, up to `body_limit` bytes, and `answer_type` as what it
        answers; each may list several, separated by commas.
        `also` has further statuses than `status`, each with a sentence.
        """

        def declare(handler: Callable[[Z, Call[Any, Any]], Answer]) -> Callable[[Z, Call[Any, Any]], Answer]:
            self.declared.append(
                Operation(
                    method=method,
                    path=path,
                    handler=cast(Handler, handler),
                    access=access,
                    body=body() if body else None,
                    query=query() if query else None,
                    answer=answer() if answer else None,
                    status=status,
                    errors=tuple(errors),
                    is_idempotent=is_idempotent,
                    body_limit=body_limit,
                    media_type=media_type,
                    answer_type=answer_type,
                    also=also,
                    example=example,
                    answer_example=answer_example,
                )
            )
            return handler

        return declare

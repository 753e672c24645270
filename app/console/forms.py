"""Forms as browsers without scripts send them."""

from typing import Final
from urllib.parse import parse_qsl

from app.core.errors import InvalidParameter, UnsupportedMediaType
from app.core.http.request import Request

_FORM: Final = "application/x-www-form-urlencoded"
_MOST_BYTES: Final = 4096
_MOST_FIELDS: Final = 10


def read_form(request: Request) -> dict[str, str]:
    """The form's fields. UnsupportedMediaType, BodyTooLarge, InvalidParameter."""
    if request.content_type().partition(";")[0].strip() != _FORM:
        raise UnsupportedMediaType
    body = request.body(_MOST_BYTES).decode("utf-8", errors="replace")
    try:
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise InvalidParameter("The form has too many fields.") from None

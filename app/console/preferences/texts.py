"""What the settings page says, in every language it speaks."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from markupsafe import Markup, escape

from app.core.clock import day_of, iso_date, rfc3339
from app.core.languages import Texts, load_texts

TEXTS: Final[Mapping[str, Texts]] = load_texts(Path(__file__).parent / "texts")
_GAP: Final = re.compile(r"\{(\w+)\}")


def filled(text: str, values: Mapping[str, object]) -> Markup:
    """A text as HTML with its gaps filled; names in another script keep their own direction."""
    return Markup("").join(
        (
            Markup("<bdi>{}</bdi>").format(values[part])
            if isinstance(values[part], str)
            else escape(values[part])
        )
        if place % 2
        else escape(part)
        for place, part in enumerate(_GAP.split(text))
    )


def moment(at: int) -> Markup:
    """A time (ms) to the minute."""
    return exact(rfc3339(at))


def exact(written: str) -> Markup:
    """A time that is written as RFC 3339, to the minute."""
    readable = f"{written[:10]} {written[11:16]} UTC"
    return Markup('<time datetime="{}" dir="ltr">{}</time>').format(written, readable)


def date(at: int) -> Markup:
    """The day of a time (ms)."""
    return day(iso_date(day_of(at)))


def day(written: str) -> Markup:
    """A date that is written YYYY-MM-DD."""
    return Markup('<time datetime="{}" dir="ltr">{}</time>').format(written, written)

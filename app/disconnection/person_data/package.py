"""Packs what is held on a person into one ZIP file: JSON for machines, one page for people, and the files."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup, escape

from app.core.languages import FALLBACK, LANGUAGES, direction_of, language_of, load_texts
from app.core.zip_stream import Entry, zipped
from app.disconnection.person_data.gathering import Gathering

FILE_NAME: Final = "person-data.zip"
_TEXTS: Final = load_texts(Path(__file__).parent / "texts")
_HEAD: Final = Markup(
    '<!doctype html>\n<html lang="{language}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta name="referrer" content="no-referrer">\n<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n'
    "<main>\n<h1>{title}</h1>\n<p>{lead}</p>\n"
)
_STYLE: Final = Markup(
    ":root { color-scheme: light dark; }\n"
    "body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText; }\n"
    "main { max-width: 46rem; margin-inline: auto; padding: 1.5rem 1rem; }\n"
    "section { margin-block-start: 2rem; }\n"
    "article { border: 1px solid GrayText; border-radius: .75rem; padding: 0 1rem; margin-block: 1rem; }\n"
    "dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .25rem 1rem; }\n"
    "dt { color: GrayText; }\n"
    "dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }\n"
    "dd dl { margin: 0; }\n"
    "@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } }\n"
)


def pack(gathering: Gathering, *, locale: str | None) -> Iterator[bytes]:
    """The ZIP file, made while it is sent. Every part is read when its turn comes, and kept nowhere."""
    return zipped(_entries(gathering, locale))


def _entries(gathering: Gathering, locale: str | None) -> Iterator[Entry]:
    yield Entry("index.html", _page(gathering, locale))
    yield Entry("wishes.json", _json([gathering.wishes()], is_list=False))
    yield Entry("comparisons.json", _json(gathering.comparisons()))
    yield Entry("feedback.json", _json(gathering.feedback()))
    yield Entry("invitations.json", _json(gathering.invitations()))
    yield Entry("research.json", _json(gathering.records()))
    yield Entry("retention.json", _json(gathering.retention()))
    yield Entry("notice.json", _json([gathering.notice(locale)], is_list=False))
    for path, content in gathering.files():
        yield Entry(path, [content])


def _json(items: Iterable[Any], *, is_list: bool = True) -> Iterator[bytes]:
    if is_list:
        yield b"[\n"
    for number, item in enumerate(items):
        yield b",\n" if number else b""
        yield json.dumps(item, ensure_ascii=False, indent=2).encode()
    yield b"\n]\n" if is_list else b"\n"


def _page(gathering: Gathering, locale: str | None) -> Iterator[bytes]:
    asked = language_of(locale)
    language = asked if asked in LANGUAGES else FALLBACK
    texts = _TEXTS[language]
    yield _HEAD.format(
        language=language,
        direction=direction_of(language),
        title=texts["title"],
        lead=texts["lead"],
        style=_STYLE,
    ).encode()
    sections: tuple[tuple[str, Iterable[Any]], ...] = (
        ("wishes", [gathering.wishes()]),
        ("comparisons", gathering.comparisons()),
        ("feedback", gathering.feedback()),
        ("invitations", gathering.invitations()),
        ("research", gathering.records()),
        ("retention", gathering.retention()),
        ("notice", [gathering.notice(locale)]),
    )
    for name, items in sections:
        yield (
            Markup("<section>\n<h2>{}</h2>\n<p>{}</p>\n").format(texts[name], texts[f"{name}_text"]).encode()
        )
        is_empty = True
        for item in items:
            is_empty = False
            yield Markup("<article>{}</article>\n").format(_value(item)).encode()
        if is_empty:
            missing = name == "research" and gathering.doorstep.research is None
            yield Markup("<p>{}</p>\n").format(texts["cannot_tell" if missing else "nothing"]).encode()
        yield b"</section>\n"
    yield b"</main>\n</body>\n</html>\n"


def _value(value: Any) -> Markup:
    """Anything of JSON for people: names and values below each other, nothing that is empty."""
    if isinstance(value, dict):
        rows = Markup("").join(
            Markup('<dt dir="ltr">{}</dt><dd dir="auto">{}</dd>').format(name.replace("_", " "), _value(each))
            for name, each in value.items()
            if each not in (None, [], {}, "")
        )
        return Markup("<dl>{}</dl>").format(rows)
    if isinstance(value, list):
        is_deep = any(isinstance(each, (dict, list)) for each in value)
        return Markup("").join(map(_value, value)) if is_deep else Markup(", ").join(map(_value, value))
    if isinstance(value, bool):
        return Markup("✓") if value else Markup("–")
    return escape(value)

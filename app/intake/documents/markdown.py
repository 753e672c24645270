"""Markdown as HTML for a page and as plain text for the widget. A document's text is trusted with neither."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

# Raw HTML comes out as text. No pictures: whoever reads a notice should be seen by nobody else.
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


@lru_cache(maxsize=256)
def as_html(markdown: str) -> str:
    """The document as HTML; links lead elsewhere only by http(s) and mailto, and tell nobody where they stood."""
    tokens = _MARKDOWN.parse(markdown)
    for token in _flat(tokens):
        if token.type == "link_open":
            token.attrSet("rel", "noopener noreferrer nofollow")
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


@lru_cache(maxsize=256)
def as_text(markdown: str) -> str:
    """The document as paragraphs of plain text, without its title, parted by empty lines."""
    paragraphs: list[str] = []
    bullet, is_title = "", False
    for token in _MARKDOWN.parse(markdown):
        if token.type == "heading_open":
            is_title = token.tag == "h1"
        elif token.type == "list_item_open":
            bullet = "• "
        elif token.type == "inline" and not is_title:
            paragraphs.append(bullet + "".join(_words(token)))
            bullet = ""
        elif token.type == "heading_close":
            is_title = False
    return "\n\n".join(paragraphs)


def title_of(markdown: str) -> str:
    """The text of the first heading; "" where there is none."""
    tokens = _MARKDOWN.parse(markdown)
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h1":
            return "".join(_words(tokens[place + 1]))
    return ""


def _words(inline: Token) -> Iterator[str]:
    for child in inline.children or ():
        if child.type in ("text", "code_inline"):
            yield child.content
        elif child.type in ("softbreak", "hardbreak"):
            yield " "


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from token.children or ()

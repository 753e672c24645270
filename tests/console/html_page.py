"""Reads an HTML page strictly: every element is closed in its place, every id is given once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

_VOID: Final = frozenset({"meta", "link", "img", "br", "hr", "wbr", "input"})


@dataclass
class Element:
    """An element with its attributes, and what stands in it."""

    name: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    children: list["Element"] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it, without the white space around."""
        return " ".join("".join(self._all_texts()).split())

    def _all_texts(self) -> Iterator[str]:
        yield from self.texts
        for child in self.children:
            yield from child._all_texts()

    def all(self, *names: str) -> list["Element"]:
        """The elements of these names below this one, in the page's order."""
        return [each for each in self._below() if not names or each.name in names]

    def _below(self) -> Iterator["Element"]:
        for child in self.children:
            yield child
            yield from child._below()

    def is_in(self, name: str) -> bool:
        """Whether an element of this name is around it."""
        return self.parent is not None and (self.parent.name == name or self.parent.is_in(name))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("document", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"<{tag}> has an attribute twice"
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open[-1])
        self._open[-1].children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].name == tag, f"</{tag}> ends <{self._open[-1].name}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].texts.append(data)

    def finish(self) -> Element:
        """The document, once everything is closed."""
        self.close()
        assert self._open == [self.root], f"<{self._open[-1].name}> is not closed"
        return self.root


def read_page(text: str) -> Element:
    """The document of a page."""
    assert text.startswith("<!doctype html>\n")
    reader = _Reader()
    reader.feed(text)
    return reader.finish()

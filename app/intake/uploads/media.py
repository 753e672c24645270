"""Tells what a file is by its content; what we do not take is None."""

from typing import Final

import puremagic

TAKEN: Final = ("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain")


def sniff(data: bytes) -> str | None:
    """The media type of a file's content, or None when it is none of those that are taken."""
    try:
        for match in puremagic.magic_string(data[:4096]):
            if match.mime_type in TAKEN and match.mime_type != "text/plain":
                return str(match.mime_type)
    except (puremagic.PureError, ValueError):
        pass
    return "text/plain" if _is_text(data) else None


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    head = text[:512].lstrip().lower()
    # Markup that a browser would run is not "plain" however it is labelled.
    if head.startswith(("<!doctype", "<html", "<svg", "<script", "<?xml")):
        return False
    return all(character >= " " or character in "\t\n\r\f" for character in text)

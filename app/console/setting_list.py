"""Every setting, read off the class that holds them: for docs/settings.md."""

from dataclasses import Field, fields
from typing import Any

from app.core.settings import PREFIX, Settings


def settings_markdown() -> str:
    """docs/settings.md."""
    lines = [
        "# Settings",
        "",
        f"Read once, at the start, from `{PREFIX}…` environment variables. An unknown name or an odd value",
        "stops the start with a sentence; an empty value counts as not set.",
        "Made by `flask docs settings > docs/settings.md`.",
        "",
        "| name | default | takes | what it is for |",
        "| --- | --- | --- | --- |",
        *(_row(entry) for entry in fields(Settings)),
    ]
    return "\n".join(lines) + "\n"


def _row(entry: Field[Any]) -> str:
    default = f"`{entry.default}`" if str(entry.default) else ""
    return f"| `{PREFIX}{entry.name.upper()}` | {default} | {_takes(entry)} | {entry.metadata['help']} |"


def _takes(entry: Field[Any]) -> str:
    least, most = entry.metadata["least"], entry.metadata["most"]
    return "text" if least is None else f"{least:,} to {most:,}"

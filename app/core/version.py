"""Which release this is; pyproject.toml alone says it."""

import tomllib
from pathlib import Path
from typing import Final


def _read() -> str:
    project = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text("utf-8"))
    return str(project["project"]["version"])


VERSION: Final = _read()

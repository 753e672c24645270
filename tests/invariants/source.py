"""The project's own text, for rules that are read off it rather than run."""

import ast
import functools
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
# Folders that are not written by hand; nor are those whose names begin with a dot, but for CI's.
_NOT_OURS: Final = frozenset({"data", "node_modules", "vendor", "__pycache__"})
_BUILT: Final = ROOT / "static" / "widget" / "v1"


class Module(NamedTuple):
    """One Python file: its path from the root, its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module


@functools.cache
def modules(folder: str) -> tuple[Module, ...]:
    """Every Python file below a folder of the project."""
    return tuple(_module(path) for path in sorted((ROOT / folder).rglob("*.py")))


def _module(path: Path) -> Module:
    text = path.read_text("utf-8")
    return Module(path.relative_to(ROOT).as_posix(), text, ast.parse(text))


def texts() -> Iterator[tuple[str, str]]:
    """Path and content of every text file of the project that people write."""
    for path in _files(ROOT):
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        except UnicodeDecodeError:
            continue


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_file():
            yield path
        elif (
            path.name not in _NOT_OURS
            and path != _BUILT
            and (path.name == ".ci" or not path.name.startswith("."))
        ):
            yield from _files(path)


def calls(module: Module) -> Iterator[ast.Call]:
    """Every call in a module."""
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module, inner ones included."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def import_everything() -> None:
    """Imports every module of the service, so that each table and each error is declared."""
    for found in pkgutil.walk_packages([str(ROOT / "app")], "app."):
        importlib.import_module(found.name)

"""Nothing is left over in the text, nothing points at one machine, and every file can be read in one sitting."""

import re

from tests.invariants.source import functions, modules, texts

_MOST_LINES = 400
_MOST_FUNCTION_LINES = 60
# A letter of each stands in brackets, so that this file does not find itself.
_LEFTOVERS = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b")
_MACHINE_PATHS = re.compile(r"(?<![\w.~}/-])/(wor[k]|roo[t]|far[m]|tm[p])/\w")
_REGISTRIES = re.compile(r"pyp[i]\.org|pythonhoste[d]|registry\.npmj[s]|deb\.debia[n]")


def test_nothing_is_left_for_later() -> None:
    assert _places(_LEFTOVERS) == []


def test_nothing_names_a_folder_of_one_machine() -> None:
    assert _places(_MACHINE_PATHS) == []


def test_nothing_names_a_registry() -> None:
    assert _places(_REGISTRIES) == []


def test_no_file_is_longer_than_one_sitting() -> None:
    long = {
        module.path: module.text.count("\n")
        for folder in ("app", "migrations", "tests")
        for module in modules(folder)
        if module.text.count("\n") > _MOST_LINES
    }
    assert long == {}


def test_no_function_is_longer_than_two_screens() -> None:
    long = [
        f"{module.path}:{function.lineno} {function.name}"
        for module in modules("app")
        for function in functions(module)
        if (function.end_lineno or 0) - function.lineno >= _MOST_FUNCTION_LINES
    ]
    assert long == []


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert [m.path for m in modules("app") if drawers & set(m.path.removesuffix(".py").split("/"))] == []


def _places(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]

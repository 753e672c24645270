"""A log event is a constant name and identifiers: nothing that somebody wrote can get into it."""

import ast
import re
from collections.abc import Iterator

from tests.invariants.source import Module, calls, modules

_LEVELS = {"debug", "info", "warning", "warn", "error", "critical", "exception", "fatal", "log", "msg"}
_EVENT = re.compile(r"[a-z]+(_[a-z0-9]+)*")
# Names under which content, raw identifiers or secrets travel through the code.
_CONTENT = {
    "account", "answer", "api_key", "body", "comment", "content", "conversation", "detail", "error", "exc_info",
    "exception", "identifiers", "key", "message", "messages", "payload", "project", "prompt", "receipt", "request",
    "response", "responses", "row", "secret", "text", "ticket", "token", "value", "vote",
}  # fmt: skip


def _log_calls() -> Iterator[tuple[str, ast.Call]]:
    for module in modules("app"):
        for call in calls(module):
            if (
                isinstance(call.func, ast.Attribute)
                and call.func.attr in _LEVELS
                and _is_a_log(call.func.value)
            ):
                yield f"{module.path}:{call.lineno}", call


def _is_a_log(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return _is_a_log(node.func)
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return (
        name in {"bind", "get_logger", "getLogger"}
        or "log" in name.lower().strip("_").split("_")
        or name == "logger"
    )


def test_there_are_log_calls_to_look_at() -> None:
    assert len(list(_log_calls())) >= 3


def test_an_event_is_a_constant_name() -> None:
    odd = [place for place, call in _log_calls() if not _has_constant_event(call)]
    assert odd == []


def _has_constant_event(call: ast.Call) -> bool:
    if len(call.args) != 1 or not isinstance(call.args[0], ast.Constant):
        return False
    return _EVENT.fullmatch(str(call.args[0].value)) is not None


def test_a_log_call_names_its_values_and_none_is_content() -> None:
    odd = [
        f"{place} {keyword.arg}"
        for place, call in _log_calls()
        for keyword in call.keywords
        if keyword.arg is None or keyword.arg in _CONTENT
    ]
    assert odd == []


def test_no_value_in_a_log_is_put_together_from_text() -> None:
    odd = [
        place
        for place, call in _log_calls()
        for keyword in call.keywords
        if any(_formats(node) for node in ast.walk(keyword.value))
    ]
    assert odd == []


def _formats(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return name in {"format", "repr", "str", "format_exc", "vars"}
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod))


def test_a_caught_exception_is_logged_by_its_kind_only() -> None:
    odd = [
        f"{module.path}:{call.lineno}"
        for module in modules("app")
        for call in calls(module)
        if _is_traceback(call)
    ]
    assert odd == []


def _is_traceback(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in {"print_exc", "format_exc", "format_exception", "print_exception"}


def test_standard_logging_is_used_for_setup_alone() -> None:
    assert [m.path for m in _importers("logging")] == ["app/core/logging.py"]


def _importers(name: str) -> list[Module]:
    return [
        module
        for module in modules("app")
        if any(
            (isinstance(node, ast.Import) and any(alias.name == name for alias in node.names))
            or (isinstance(node, ast.ImportFrom) and node.module == name)
            for node in ast.walk(module.tree)
        )
    ]

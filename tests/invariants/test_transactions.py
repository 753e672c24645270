"""Only the edge opens a transaction, and nobody commits by hand."""

import ast

from tests.invariants.source import Module, calls, functions, modules

_MAY_COMMIT = {
    # The one place that sends BEGIN and COMMIT to a store.
    "app/core/group_commit.py",
    "app/core/database.py",
    # They run before the service does, in Alembic's own transaction.
    "app/core/migrations.py",
    # A scratch file of its own, deleted after use.
    "app/research/exports/scratch.py",
}
_ENDINGS = {"commit", "rollback", "begin", "begin_nested"}
_OPENINGS = {"write", "read", "snapshot", "fetch"}
# The transaction, and what it is about.
_MOST_BY_POSITION = 2
_BELOW_THE_EDGE = {"services", "queries", "models", "errors"}


def test_nobody_commits_but_the_edge() -> None:
    found = [
        f"{module.path}:{call.lineno}"
        for module in modules("app")
        if module.path not in _MAY_COMMIT
        for call in calls(module)
        if isinstance(call.func, ast.Attribute)
        and (_ends_a_transaction(call) or _sends_transaction_control(call))
    ]
    assert found == []


def test_nothing_below_the_edge_writes_in_a_transaction_of_its_own() -> None:
    # It may read: what is sealed or checked before a write needs the newest state.
    found = [
        f"{module.path}:{call.lineno}"
        for module in _below_the_edge()
        for call in calls(module)
        if _opens(call, {"write"})
    ]
    assert found == []


def test_nobody_in_a_transaction_opens_another() -> None:
    found = [
        f"{module.path}:{node.lineno}"
        for module in modules("app")
        for function in functions(module)
        if "tx" in _arguments(function)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and _opens(node, _OPENINGS)
    ]
    assert found == []


def test_a_service_takes_its_transaction_first_and_no_more_than_its_subject_beside_it_by_position() -> None:
    found = [
        f"{module.path}:{function.lineno} {function.name}"
        for module in _below_the_edge()
        for function in module.tree.body
        if isinstance(function, ast.FunctionDef) and "tx" in (names := _arguments(function))
        if names[0] != "tx" or (len(function.args.args) > _MOST_BY_POSITION and function.name[0] != "_")
    ]
    assert found == []


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    listed = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return [argument.arg for argument in listed if argument.arg not in ("self", "cls")]


def _below_the_edge() -> list[Module]:
    return [m for m in modules("app") if _BELOW_THE_EDGE & set(m.path.removesuffix(".py").split("/"))]


def _ends_a_transaction(call: ast.Call) -> bool:
    # With arguments it is some other `begin`.
    return isinstance(call.func, ast.Attribute) and call.func.attr in _ENDINGS and not call.args


def _sends_transaction_control(call: ast.Call) -> bool:
    texts = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    return any(str(text).upper().startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT")) for text in texts)


def _opens(call: ast.Call, names: set[str]) -> bool:
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr in names
        and _names_a_database(call.func.value)
    )


def _names_a_database(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name in {"db", "database", "intake", "research", "keystore"} or name.endswith(("_db", "_database"))

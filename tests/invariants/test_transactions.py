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
    "app/research/exports/ordering.py",
}
# The edge asks it for a stored answer before the use case runs, and stores the answer in the use case's transaction.
_MAY_READ = {"app/access/idempotency/services.py"}
_ENDINGS = {"commit", "rollback", "begin", "begin_nested"}
_OPENINGS = {"write", "read", "snapshot", "fetch"}
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


def test_use_cases_open_no_transaction() -> None:
    found = [
        f"{module.path}:{call.lineno}"
        for module in _below_the_edge()
        if module.path not in _MAY_READ
        for call in calls(module)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in _OPENINGS
        and _names_a_database(call.func.value)
    ]
    assert found == []


def test_a_service_takes_its_transaction_first_and_everything_else_by_keyword() -> None:
    found = [
        f"{module.path}:{function.lineno} {function.name}"
        for module in _below_the_edge()
        for function in functions(module)
        if (names := [argument.arg for argument in function.args.args if argument.arg != "self"])
        and "tx" in [*names, *(argument.arg for argument in function.args.kwonlyargs)]
        and names[0] != "tx"
    ]
    assert found == []


def _below_the_edge() -> list[Module]:
    return [m for m in modules("app") if _BELOW_THE_EDGE & set(m.path.removesuffix(".py").split("/"))]


def _ends_a_transaction(call: ast.Call) -> bool:
    # With arguments it is some other `begin`.
    return isinstance(call.func, ast.Attribute) and call.func.attr in _ENDINGS and not call.args


def _sends_transaction_control(call: ast.Call) -> bool:
    texts = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    return any(str(text).upper().startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT")) for text in texts)


def _names_a_database(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name in {"db", "database", "intake", "research", "keystore"} or name.endswith(("_db", "_database"))

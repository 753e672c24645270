"""E-mail addresses and handles."""

import pytest

from tests.privacy.redaction.cases import redacted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jane@example.org", "[EMAIL_1]"),
        ("Mail jane.doe+spam@mail.example.co.uk.", "Mail [EMAIL_1]."),
        ("<mailto:Jane_Doe@EXAMPLE.ORG>", "<mailto:[EMAIL_1]>"),
        ("'o'neil@example.org'", "'[EMAIL_1]'"),
        ("josé@exämple.org", "[EMAIL_1]"),
        ("jane@xn--bcher-kva.xn--p1ai!", "[EMAIL_1]!"),
        ("邮箱是jane@example.org。", "邮箱是[EMAIL_1]。"),
        ("jane [at] example [dot] org", "[EMAIL_1]"),
        ("jane(at)example.org, please", "[EMAIL_1], please"),
        ("a@b.example,c@d.example", "[EMAIL_1],[EMAIL_2]"),
        (f"{'x' * 300}@example.org", "[EMAIL_1]"),
    ],
)
def test_addresses_are_found(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    ["jane@localhost", "a @ b.example", "foo@", "@", "x@y", "5 @ 3.50", "look [at] this dot", "@@@@"],
)
def test_what_is_no_address_stays(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ask @jane_doe about it", "ask [HANDLE_1] about it"),
        ("@jane.doe: hi, and @Jane.Doe.", "[HANDLE_1]: hi, and [HANDLE_1]."),
        ("(@jane42)", "([HANDLE_1])"),
    ],
)
def test_handles_are_found(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "import x\n\n@cached_result\ndef f():",
        "    @my_decorator\n    def f(self):",
        "@app.route('/')",
        "@media (max-width: 600px) {",
        "@keyframes spin {",
        "npm i @types/node @angular/core",
        " * @param name the name",
        "@Override public void run()",
        "ping @everyone",
        "meet @ 5",
        "a@b",
        "@12345",
    ],
)
def test_syntax_with_an_at_sign_stays(text: str) -> None:
    assert redacted(text) == text

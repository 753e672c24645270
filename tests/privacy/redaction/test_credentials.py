"""API keys, tokens, private keys and passwords."""

import base64
import random
import string

import pytest

from app.privacy.keyring import Keyring
from app.privacy.secrets import new_api_key, new_reference, random_id
from app.privacy.tickets import TicketPurpose, Tickets
from tests.privacy.redaction.cases import redacted

chance = random.Random(7)


def letters(count: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "".join(chance.choices(alphabet, k=count))


HEX = "0123456789abcdef"
# Built here from their public formats, so that no scanner takes the file for a leak.
KEYS = [
    "sk-" + letters(48),
    "sk-proj-" + letters(60),
    "sk-ant-" + "api03-" + letters(80) + "-AA",
    "AKIA" + letters(16, string.ascii_uppercase + string.digits),
    "ghp_" + letters(36),
    "github_pat_" + letters(22) + "_" + letters(59),
    "glpat-" + letters(20),
    "xoxb-" + letters(12, string.digits) + "-" + letters(24),
    "AIza" + letters(35),
    "sk_live_" + letters(24),
    "rk_live_" + letters(24),
    "npm_" + letters(36),
    "hf_" + letters(34),
    "pypi-" + letters(100),
    "SG." + letters(22) + "." + letters(43),
    "SK" + letters(32, HEX),
    letters(9, "123456789") + ":AA" + letters(33),
]


@pytest.mark.parametrize("key", KEYS, ids=[key[:8] for key in KEYS])
def test_keys_of_known_shapes_are_found(key: str) -> None:
    assert redacted(f"use `{key}` now") == "use `[API_KEY_1]` now"


def test_our_own_secrets_are_found() -> None:
    tickets = Tickets(Keyring.create(0))
    ticket = tickets.issue(
        purpose=TicketPurpose.COMPARISON,
        workspace_id=random_id(),
        comparison_id=random_id(),
        person=b"",
        not_after=1,
        reference=new_reference(),
    ).text
    receipt = tickets.receipt(tickets.read(ticket, at=0))
    assert redacted(f"{new_api_key()} {ticket} {receipt}") == "[API_KEY_1] [API_KEY_2] [API_KEY_3]"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("API key: ", ""),
        ('"api_key": "', '"'),
        ("client_secret=", "&x=1"),
        ("Authorization: Bearer ", ""),
        ("export STRIPE_SECRET_KEY='", "'"),
        ("my access token is ", " ok?"),
    ],
)
def test_random_values_behind_a_telling_word_are_found(before: str, after: str) -> None:
    value = "8f3KqZ2mVx7TbN4wLp9R"
    assert redacted(before + value + after) == before + "[API_KEY_1]" + after


@pytest.mark.parametrize(
    "text",
    [
        "the secret is perseverance_and_patience",
        "api_key = os.environ_lookup_function",
        "key 12345678901234567890",
        "token: aaaaaaaaaaaaaaaaaaaaaaaa1",
        "a sk-learn pipeline and hf_hub_download",
        "SKU and ACRONYM, key-value",
    ],
)
def test_prose_and_code_about_keys_stays(text: str) -> None:
    assert redacted(text) == text


def test_json_web_tokens_are_found() -> None:
    parts = [
        base64.urlsafe_b64encode(part).decode().rstrip("=")
        for part in (b'{"alg":"HS256"}', b'{"sub":"1"}', b"s" * 32)
    ]
    assert redacted(f"jwt={'.'.join(parts)};") == "jwt=[JWT_1];"
    assert redacted(f"{'.'.join(parts[:2])}.") == "[JWT_1]"
    assert redacted("eyJust kidding.really.not") == "eyJust kidding.really.not"


PEM = "-----BEGIN {0}PRIVATE KEY-----\nMIIBVgIBADANBg\nkqhkiG9w0BAQ==\n-----END {0}PRIVATE KEY-----"


@pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "])
def test_private_keys_are_found_whole(kind: str) -> None:
    pem = PEM.format(kind)
    assert redacted(f"a\n{pem}\nb\n{pem}") == "a\n[PRIVATE_KEY_1]\nb\n[PRIVATE_KEY_1]"


def test_a_private_key_that_is_cut_off_is_found() -> None:
    assert redacted("-----BEGIN PRIVATE KEY-----\nMIIBVgIBADANBg\nkqhk [...]") == "[PRIVATE_KEY_1][...]"


def test_public_keys_and_certificates_stay() -> None:
    text = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----"
    assert redacted(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("password: hunter2", "password: [PASSWORD_1]"),
        ("Password = 'correct horse'", "Password = '[PASSWORD_1]'"),
        ('{"password": "s3cr3t!"}', '{"password": "[PASSWORD_1]"}'),
        ("my password is Tr0ub4dor&3.", "my password is [PASSWORD_1]."),
        ("the passphrase for gmail is xk7-blue", "the passphrase for gmail is [PASSWORD_1]"),
        ("Passwort: geheim99", "Passwort: [PASSWORD_1]"),
        ("mot de passe : soleil75", "mot de passe : [PASSWORD_1]"),
        ("DB_PASSWORD=pa55word", "DB_PASSWORD=[PASSWORD_1]"),
        ("密码：hunter2x", "密码：[PASSWORD_1]"),
        ("my PIN is 4711", "my PIN is [PASSWORD_1]"),
        ("CVV: 123", "CVV: [PASSWORD_1]"),
    ],
)
def test_passwords_are_found(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Password: must be at least 8 characters",
        "the password is required",
        "password: str",
        "password = getpass()",
        "password: ********",
        "password: <your password>",
        "I forgot my password.",
        "password = None",
        "user.password == other",
        "pin 4 of the connector",
        "compass: north",
    ],
)
def test_talk_about_passwords_stays(text: str) -> None:
    assert redacted(text) == text

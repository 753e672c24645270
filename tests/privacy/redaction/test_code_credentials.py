"""Passwords on command lines, in settings, calls, headers and sentences."""

import pytest

from tests.privacy.redaction.cases import redacted

SECRET = "tr0ub4dor#77"


@pytest.mark.parametrize(
    "text",
    [
        "mysql -u root -p'§' shop < dump.sql",
        "mysql -h db -p§ shop",
        "curl -u 'admin:§' https://api.example.org",
        "sshpass -p '§' ssh host",
        "docker login -u root -p § registry",
        "redis-cli -a § ping",
        "PGPASSWORD=§ psql",
        "export DB_PASS=\"§\"",
        "spring.datasource.password=§",
        "    password: §",
        '{"user": "a", "db_password": "§"}',
        "<password>§</password>",
        "$cfg['Servers'][$i]['password'] = '§';",
        "define('DB_PASSWORD', '§');",
        "Server=x;Database=y;User ID=sa;Password=§;Encrypt=yes",
        "jdbc:mysql://h/db?user=a&password=§",
        "conn = connect(host='h', user='root', password='§')",
        "requests.get(u, auth=('admin', '§'))",
        "auth=HTTPBasicAuth('admin', '§')",
        "CREATE USER app IDENTIFIED BY '§';",
        "ALTER USER app WITH PASSWORD '§';",
        "echo '§' | sudo -S apt update",
        'echo "root:§" | chpasswd',
        "machine h login root password §",
        "u: root p: §",
        "my passphrase used to be §",
        "She changed the passcode to § and left.",
        "log in with root and § please",
        "mein Passwort lautet §",
        "a minha senha é § ok",
    ],
)  # fmt: skip
def test_a_secret_is_gone_wherever_a_program_or_a_person_is_given_it(text: str) -> None:
    after = redacted(text.replace("§", SECRET))
    assert "tr0u" not in after
    assert "dor#77" not in after
    assert "[PASSWORD_1]" in after or "[URL_1]" in after


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization: Basic cm9vdDpodW50ZXIy", "Authorization: Basic [PASSWORD_1]"),
        ("Authorization: Bearer abcd1234efgh5678", "Authorization: Bearer [API_KEY_1]"),
        ("Cookie: lang=en; sid=38afes7a8x9k2m", "Cookie: lang=en; sid=[API_KEY_1]"),
        (
            "sshd[811]: Failed password for thais_23 from ::1",
            "sshd[811]: Failed password for [PASSWORD_1] from ::1",
        ),
        ("my password is sunshine.", "my password is [PASSWORD_1]."),
        ("the passphrase is correct horse battery staple.", "the passphrase is [PASSWORD_1]."),
    ],
)
def test_headers_cookies_logs_and_plain_words(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "password = getpass.getpass('Password: ')",
        "token_type: bearer",
        "credentials = ServiceAccountCredentials.from_json_keyfile_name('x')",
        "import boto3  # credentials come from the environment",
        "Use SHA-256 or bcrypt for the password, of 12 characters or more.",
        "def login(user, password): return check(user, password)",
        "my password is wrong, the password is not working",
        "docker run -p 8080:80 nginx",
        "The author: J.K. and the basic idea",
    ],
)
def test_code_and_talk_without_a_secret_stay(text: str) -> None:
    assert redacted(text) == text

"""URLs, IP addresses and MAC addresses."""

import pytest

from tests.privacy.redaction.cases import redacted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.org/users/jane", "https://example.org/[URL_1]"),
        ("see http://example.org:8080/a?b=c#d.", "see http://example.org:8080/[URL_1]."),
        ("(https://en.example.org/wiki/A_(b))", "(https://en.example.org/[URL_1])"),
        ("[x](https://example.org/x)", "[x](https://example.org/[URL_1])"),
        ("https://example.org?q=jane", "https://example.org/[URL_1]"),
        ("postgres://jane:secret@db.example.org/app", "postgres://db.example.org/[URL_1]"),
        ("https://jane@example.org", "https://example.org/[URL_1]"),
        ("file:///home/jane/notes.txt", "file:///[URL_1]"),
        ("http://10.0.0.7:8080/admin", "http://[URL_1]"),
        ("http://[2001:db8::1]/admin", "http://[URL_1]"),
        ("http://10.0.0.7", "http://[IP_ADDRESS_1]"),
        ("see github.com/jane-doe, www.example.org/~jane", "see github.com/[URL_1], www.example.org/[URL_2]"),
        ("de.linkedin.com/in/jane-doe-123", "de.linkedin.com/[URL_1]"),
        ("看http://example.org/私", "看http://example.org/[URL_1]"),
    ],
)
def test_what_follows_a_host_is_redacted(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org",
        "https://example.org/ is a host",
        "https://example.org.",
        "http://www.example.org/, too",
        "and/or src/app.py/x main.py/",
        "example.org/path of an unknown site",
        "://",
        "a://b",
    ],
)
def test_a_bare_host_stays(text: str) -> None:
    assert redacted(text) == text


def test_a_repeated_url_keeps_its_number() -> None:
    text = "https://example.org/a https://EXAMPLE.org/b http://example.org/a"
    assert (
        redacted(text) == "https://example.org/[URL_1] https://EXAMPLE.org/[URL_2] http://example.org/[URL_1]"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from 192.168.17.4:8080", "from [IP_ADDRESS_1]:8080"),
        ("ip=8.8.8.8, 8.8.4.4.", "ip=[IP_ADDRESS_1], [IP_ADDRESS_2]."),
        ("10.0.0.0/8", "[IP_ADDRESS_1]/8"),
        ("2001:db8:85a3::8a2e:370:7334", "[IP_ADDRESS_1]"),
        ("6e40:4041:c617:e898:c11:40d2:c669:2eb4.", "[IP_ADDRESS_1]."),
        ("address:2001:db8::1", "address:[IP_ADDRESS_1]"),
        ("::ffff:192.0.2.1", "[IP_ADDRESS_1]"),
        ("fe80::1%eth0", "[IP_ADDRESS_1]%eth0"),
        ("[2001:db8::1]:443", "[[IP_ADDRESS_1]]:443"),
    ],
)
def test_ip_addresses_are_found(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "v1.2.3.4",
        "256.1.1.1",
        "1.2.3",
        "1.2.3.4.5",
        "01.02.03.04",
        "std::dec << std::endl",
        "face::bad",
        "12:34:56",
        "a::b",
        "::",
        "x[::2]",
        "x[1::2]",
        "Foo::Bar::Baz::new()",
    ],
)
def test_what_is_no_ip_address_stays(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize("address", ["00:1A:2B:3C:4D:5E", "00-1a-2b-3c-4d-5e", "001a.2b3c.4d5e"])
def test_mac_addresses_are_found(address: str) -> None:
    assert redacted(f"device {address}.") == "device [MAC_ADDRESS_1]."


@pytest.mark.parametrize(
    "text", ["00:1A:2B:3C:4D", "00:1A-2B:3C:4D:5E", "00:1A:2B:3C:4D:5E:6F", "dead.beef.cafe.babe"]
)
def test_what_is_no_mac_address_stays(text: str) -> None:
    assert redacted(text) == text

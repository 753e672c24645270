"""Finding URLs, IP addresses and MAC addresses."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from app.privacy.redaction.spans import Kind, Span

# Each pattern is tried once for a run of its characters, from the run's start, which keeps the search linear. Those
# that begin with a character class have their look-behind after it: the engine then skips quickly to where a match
# can begin.
_URL: Final = re.compile(
    r"(?<![A-Za-z0-9+.-])([a-z][a-z0-9+.-]{1,20}+://)([^\s/?#<>\"'`\\{}|^]*+)([^\s<>\"`]*+)", re.IGNORECASE
)
_HOST_AND_PATH: Final = re.compile(r"(\.[A-Za-z]{2,24})([/?][^\s<>\"`]++)")
_HOST_CHARACTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-."
_LONGEST_HOST: Final = 253
# Where the path names a person, a group or a shared file. Elsewhere `host/path` without a scheme is too often a
# file name.
_PERSONAL_SITES: Final = frozenset(
    """
    about.me behance.net bit.ly bitbucket.org bsky.app calendly.com discord.com discord.gg dropbox.com facebook.com
    fb.com fb.me flickr.com gist.github.com github.com gitlab.com google.com goo.gl huggingface.co instagram.com
    keybase.io kaggle.com linkedin.com linktr.ee mastodon.social medium.com notion.so onlyfans.com orcid.org
    patreon.com paypal.com paypal.me pinterest.com quora.com reddit.com researchgate.net sharepoint.com signal.me
    skype.com snapchat.com soundcloud.com spotify.com stackoverflow.com steamcommunity.com substack.com t.co t.me
    telegram.me threads.net tiktok.com tinyurl.com trello.com tumblr.com twitch.tv twitter.com venmo.com vimeo.com
    vk.com wa.me whatsapp.com wetransfer.com x.com xing.com youtu.be youtube.com zoom.us
    """.split()  # noqa: SIM905 - a block of words reads better
)
_TRAILING: Final = ".,;:!?'*_~|\\"
_BRACKETS: Final = {")": "(", "]": "[", "}": "{"}

_IPV4: Final = re.compile(
    r"[0-9](?<![0-9.][0-9])(?<![vV][0-9])[0-9]{0,2}(?:\.[0-9]{1,3}){3}(?![0-9]|\.[0-9])"
)
_IPV6: Final = re.compile(r"(?<![0-9A-Fa-f:.])(?=[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:.]++")
_ONION: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:[a-z2-7]{56}|[a-z2-7]{16})\.onion(?![A-Za-z0-9-])(?:[/?][^\s<>\"`]*+)?",
    re.IGNORECASE,
)
# Written so that nobody follows it: 192[.]0[.]2[.]1.
_DEFANGED: Final = re.compile(
    r"(?<![\w.])[0-9]{1,3}(?:[\[({]\.[\])}]|[\[({]dot[\])}]|\.)(?:[0-9]{1,3}(?:[\[({]\.[\])}]|[\[({]dot[\])}]|"
    r"\.)){2}[0-9]{1,3}(?![\w])"
)
_LONGEST_IPV6: Final = 46
_HEX: Final = "[0-9A-Fa-f]"
_MAC: Final = re.compile(
    rf"{_HEX}(?<![\w:.-]{_HEX})(?:{_HEX}([:-])(?:{_HEX}{{2}}\1){{4}}{_HEX}{{2}}|{_HEX}{{3}}(?:\.{_HEX}{{4}}){{2}})"
    r"(?![\w:]|[.-]\w)"
)


def find_urls(text: str) -> Iterator[Span]:
    """What follows the host of a URL, and anything in front of it. A URL that ends with its host is left alone."""
    if "://" in text:
        for match in _URL.finditer(text):
            yield from _url_span(match)
    for match in _HOST_AND_PATH.finditer(text):
        yield from _bare_url_span(text, match)


def _bare_url_span(text: str, match: re.Match[str]) -> Iterator[Span]:
    """`github.com/jane` and `www.example.org/~jane`, written without a scheme."""
    before = text[max(0, match.start() - _LONGEST_HOST) : match.start()]
    name = before[len(before.rstrip(_HOST_CHARACTERS)) :]
    if before[: len(before) - len(name)].endswith(("/", "@")):
        return
    host, path = (name + match[1]).lower(), _without_trailing(match[2])
    if path not in ("", "/", "?") and (host.startswith("www.") or _site(host) in _PERSONAL_SITES):
        start = match.start(2)
        yield Span(start, start + len(path), Kind.URL, f"//{host}{path}", kept="/")


def _url_span(match: re.Match[str]) -> Iterator[Span]:
    scheme, authority = match[1], match[2]
    rest = _without_trailing(match[3])
    userinfo, at_sign, host = authority.rpartition("@")
    identity = f"//{host.lower()}{rest}"
    end = match.start(3) + len(rest)
    if userinfo:
        yield Span(match.start(2), end, Kind.URL, scheme + userinfo + identity, kept=f"{host}/")
    elif at_sign or rest not in ("", "/", "?", "#"):
        if _is_ip_address(host):
            yield Span(match.start(2), end, Kind.URL, identity)
        else:
            yield Span(match.start(3), end, Kind.URL, identity, kept="/")


def _site(host: str) -> str:
    labels = host.split(".")
    return ".".join(labels[-2:])


def _is_ip_address(host: str) -> bool:
    name = host.partition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    return _parsed(name) is not None


def _without_trailing(path: str) -> str:
    """`path` without the punctuation of the sentence around it; a bracket that it opened itself stays."""
    unmatched = {closing: path.count(closing) - path.count(opening) for closing, opening in _BRACKETS.items()}
    end = len(path)
    while end:
        last = path[end - 1]
        if last in _BRACKETS:
            if unmatched[last] <= 0:
                break
            unmatched[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return path[:end]


def find_onions(text: str) -> Iterator[Span]:
    """Hidden services: the name of the host is the secret."""
    if ".onion" in text.lower():
        for match in _ONION.finditer(text):
            yield Span(*match.span(), Kind.URL, match[0].lower())


def find_ip_addresses(text: str) -> Iterator[Span]:
    """IPv4 and IPv6 addresses that `ipaddress` accepts."""
    for match in _IPV4.finditer(text):
        parsed = _parsed(match[0])
        if parsed is not None:
            yield Span(match.start(), match.end(), Kind.IP_ADDRESS, str(parsed))
    if "[.]" in text or "(.)" in text or "[dot]" in text:
        for match in _DEFANGED.finditer(text):
            parsed = _parsed(".".join(re.findall("[0-9]+", match[0])))
            if parsed is not None:
                yield Span(*match.span(), Kind.IP_ADDRESS, str(parsed))
    if "::" in text or text.count(":") >= 7:
        for match in _IPV6.finditer(text):
            yield from _ipv6_span(match)


def _ipv6_span(match: re.Match[str]) -> Iterator[Span]:
    found, start = match[0].rstrip("."), match.start()
    if found.startswith(":") and not found.startswith("::"):
        found, start = found[1:], start + 1
    elif start and (match.string[start - 1].isalpha() or match.string[start - 1] == "_"):
        # `std::dec` and the like.
        return
    if found.endswith(":") and not found.endswith("::"):
        found = found[:-1]
    if len(found) > _LONGEST_IPV6 or found.count(":") < 2:
        return
    # `face::bad` could be a name and `a[1::2]` a slice: a short form needs a digit and a longer group.
    longest_group = max(map(len, found.split(":")))
    if found.count(":") < 4 and (longest_group < 3 or not any(map(str.isdigit, found))):
        return
    parsed = _parsed(found)
    if parsed is not None:
        yield Span(start, start + len(found), Kind.IP_ADDRESS, str(parsed))


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(address)
    except ValueError:
        return None


def find_mac_addresses(text: str) -> Iterator[Span]:
    """Hardware addresses in the three usual spellings."""
    for match in _MAC.finditer(text):
        identity = re.sub(r"[:.-]", "", match[0]).lower()
        yield Span(match.start(), match.end(), Kind.MAC_ADDRESS, identity)

"""Finding keys of known shapes and of shapes nobody has listed, and names on a service."""

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from app.privacy.redaction.key_shapes import KEY_SHAPES, TELEGRAM_KEY
from app.privacy.redaction.lexicon import Lexicon
from app.privacy.redaction.spans import Kind, Span

_TOKEN: Final = re.compile(r"[A-Za-z0-9](?<![A-Za-z0-9_+/.~-][A-Za-z0-9])[A-Za-z0-9_+/.~-]{15,}+=*+")
_SEPARATORS: Final = re.compile(r"[_+/=.~-]+")
# A word, an underscore or hyphen, then something random: how most keys are made today.
_PREFIXED: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9]{1,11}(?:[_-][A-Za-z0-9]{1,10}){0,3}[_-]([A-Za-z0-9]{14,}+)"
)
_HEX: Final = re.compile(r"(?:0x)?[0-9a-fA-F]{32,}")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LONGEST_SAMPLE: Final = 256
_CALLED_KEY: Final = re.compile(
    r"(?:key|token|secret|credential|password|bearer)s?[\"']?(?: is)?\s{0,2}[:= ]\s{0,2}[\"'`]?$",
    re.IGNORECASE,
)
_NEAR: Final = 24
_ONE_PIECE: Final = 20
_LEAST_BITS: Final = 3.4
_LEAST_BITS_PREFIXED: Final = 3.0
_SIGNS_IN: Final = re.compile(
    r"""
    (?<![^\W_])(?:
        (?:user[ ]?name|user[ ]?id|login(?:[ ](?:name|id))?|screen[ ]?name|gamer[ ]?tag|handle|
        nick(?:[ ]?name)?|account[ ]name|discord(?:[ ](?:tag|id|name|user))?|
        insta(?:gram)?|twitter|tiktok|snap(?:chat)?|telegram|reddit|twitch|steam|psn|xbox|skype|github|gitlab|
        linkedin|facebook|fb|ig|mastodon|bluesky|threads|youtube|kik|venmo|cash[ ]?app|onlyfans|wechat|vk|tumblr|
        pinterest)
        (?:[ ](?:handle|account|user(?:[ ]?name)?|name|id|profile|tag|page|alias|nick|channel))?
        (?:[ ]?[:=][ ]?|[ ](?:is|was|as|under|called|named|handle)[ ]|[ ]-[ ]|[ ]at[ ]|[ ])
        | (?:find|follow|add|dm|message|ping|msg|text|reach|hit)[ ](?:me|us|him|her|them)[ ](?:up[ ])?(?:on|at|
        via)[ ]\w{2,12}[ ]?(?:[:,]|as|under|at|with|@)?[ ]
        | (?:i['’]?m|i[ ]am|me)[ ](?:on[ ]\w{2,12}[ ])as[ ] | (?:post|stream|play|tweet|write|
        go)[ ](?:on[ ]\w{2,12}[ ])?(?:as|under|by)[ ]
    )["'“`(]?@?([A-Za-z0-9][A-Za-z0-9_.-]{1,30}[A-Za-z0-9_](?:\#[0-9]{3,5})?)(?![\w@/])
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ACCOUNTS: Final = re.compile(
    r"(?<![^\W_])(?:user|account|profile|page|channel|player|streamer|blogger|redditor|tiktoker|member|"
    r"poster|commenter)"
    r"(?:[ ](?:called|named))?[ ][\"'“`(]?@?([A-Za-z][A-Za-z0-9_.-]{2,30}[A-Za-z0-9_])(?![\w@])",
    re.IGNORECASE,
)
_FROM_SITE: Final = re.compile(
    r"(?<![\w@.])([A-Za-z][A-Za-z0-9_.-]{2,30}[A-Za-z0-9_])[ ](?:from|on|over[ ]at|at)[ ](?:my[ ]|"
    r"the[ ])?(?:instagram|insta|ig|twitter|tiktok|"
    r"snap(?:chat)?|telegram|reddit|twitch|steam|discord|github|gitlab|facebook|fb|youtube|linkedin|x|"
    r"mastodon|bluesky|threads|onlyfans|"
    r"xbox|psn|venmo|tumblr|pinterest)(?![\w.])",
    re.IGNORECASE,
)
_DISCORD: Final = re.compile(r"(?<![\w#@.])[A-Za-z0-9_.]{2,32}#[0-9]{4}(?![\w#])")
_REDDIT: Final = re.compile(r"(?<![\w/.])/?u(?:ser)?/([A-Za-z0-9_-]{3,20})(?![\w/])")
_MIXED: Final = re.compile(r"[A-Za-z]*(?:[0-9_#]|[a-z][A-Z]|[.-][A-Za-z0-9])")


def find_keys(text: str) -> Iterator[Span]:
    """Keys of a known shape, and what looks like nothing else: long, without a word, in no order."""
    if ":aa" in text.lower():
        for match in TELEGRAM_KEY.finditer(text):
            yield Span(*match.span(), Kind.API_KEY, match[0])
    for match in _TOKEN.finditer(text):
        for known in KEY_SHAPES.finditer(match[0]):
            start = match.start() + known.start()
            yield Span(start, start + len(known[0]), Kind.API_KEY, known[0])
        found = match[0].rstrip("=.-/~") or match[0]
        is_called = _UUID.fullmatch(found) and _CALLED_KEY.search(
            text, max(0, match.start() - _NEAR), match.start()
        )
        if is_called or _is_key(found):
            yield Span(match.start(), match.start() + len(match[0].rstrip(".-/~")), Kind.API_KEY, found)


def _is_key(found: str) -> bool:
    if _HEX.fullmatch(found):
        return any(map(str.isdigit, found)) and len(set(found.lower())) >= 6
    if _UUID.fullmatch(found):
        return False
    prefixed = _PREFIXED.fullmatch(found)
    if prefixed and _is_random(prefixed[1], _LEAST_BITS_PREFIXED):
        return True
    if "." in found and "/" in found:
        return False
    return any(
        len(part) >= _ONE_PIECE and _is_random(part, _LEAST_BITS) for part in _SEPARATORS.split(found)
    ) or (
        len(found) >= 2 * _ONE_PIECE
        and "." not in found
        and found.count("-") + found.count("_") < 5
        and _is_random(found, 4.2)
    )


def _is_random(value: str, least: float) -> bool:
    sample = value[:_LONGEST_SAMPLE]
    digits = sum(map(str.isdigit, sample))
    letters = sum(map(str.isalpha, sample))
    if digits < 2 or letters < 2 or _changes(sample) < len(sample) / 6:
        return False
    shares = (count / len(sample) for count in Counter(sample).values())
    return -sum(share * math.log2(share) for share in shares) >= least


def _changes(sample: str) -> int:
    """How often letters and digits take turns, or small letters and capitals."""
    kinds = ["d" if c.isdigit() else "u" if c.isupper() else "l" for c in sample]
    return sum(one != other for one, other in itertools.pairwise(kinds))


def find_user_names(text: str, lexicon: Lexicon) -> Iterator[Span]:
    """Names on a service, behind its name or a word such as "username"; only what is no plain word."""
    for match in (*_SIGNS_IN.finditer(text), *_ACCOUNTS.finditer(text)):
        is_strange = _MIXED.match(match[1]) or (len(match[1]) > 4 and not lexicon.is_ordinary(match[1]))
        if is_strange and not match[1].isdigit() and any(map(str.isalpha, match[1])):
            yield Span(match.start(1), match.end(1), Kind.HANDLE, match[1].lower())
    for match in _FROM_SITE.finditer(text):
        if _MIXED.match(match[1]):
            yield Span(match.start(1), match.end(1), Kind.HANDLE, match[1].lower())
    for match in _DISCORD.finditer(text):
        yield Span(match.start(), match.end(), Kind.HANDLE, match[0].lower())
    for match in _REDDIT.finditer(text):
        yield Span(match.start(1), match.end(1), Kind.HANDLE, match[1].lower())

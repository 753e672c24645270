"""Finding secrets that people paste: API keys, tokens, private keys, passwords."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from app.privacy.redaction.plain_signs import in_small_letters
from app.privacy.redaction.spans import Kind, Span

# Cues are found in the lower-cased text by their plainest part; the rest is then tried at that place alone.
_KEY_WORD: Final = re.compile(r"key|token|secret|bearer|credential")
_WORDS_BEFORE_KEY: Final = re.compile(
    r"(?:api|access|secret|private|auth|encryption|signing|account|service|license|consumer|shared|client)[ _-]?$"
)
_LONGEST_WORD_BEFORE: Final = 12
_KEY_VALUE: Final = re.compile(
    r"""
    (?:key|token|secret|bearer|credential)s?(?![A-Za-z])(?:[ _]?(?:id|value))?["']?
    (?:\s{0,2}(?::=|=>|:|=|\bis\b|\bwas\b)|\s)\s{0,2}
    (?:bearer\s)?["'`]?
    ([A-Za-z0-9_\-./+=~]{16,}+)
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Prose and paths stay below, random letters and digits of this length above.
_LEAST_ENTROPY: Final = 3.2
_ENTROPY_SAMPLE: Final = 256

_JWT: Final = re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}+\.[A-Za-z0-9_-]{4,}+\.[A-Za-z0-9_-]*+")

_PEM_BEGIN: Final = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_PEM_END: Final = re.compile(r"-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_PEM_BODY: Final = re.compile(r"[A-Za-z0-9+/=\s\\]*+")

_PASSWORD_WORD: Final = re.compile(
    r"pass|pwd|(?<![a-z])pw(?![a-z])|kennwort|login code|mot de|contrase|senha|wachtwoord|hasło|пароль|密码|パスワード"
)
_PASSWORD: Final = re.compile(
    r"""
    (?<![A-Za-z])(?:
        pass(?:word|wort|phrase|wd|code|\ code)?s? | pwd | pw | kennwort | login\ code
        | mot\ de\ passe | contrase[ñn]a | senha | wachtwoord | hasło | пароль | 密码 | パスワード
    )(?![A-Za-z])
    (?:\s(?:for|to|of)\s[^\s:=]{1,30}+(?:\s[^\s:=]{1,30}+)?)?
    ["']?\s{0,2}(:=|=>|:|=|-|\bis\b|\bwas\b|\bist\b|\best\b|\bes\b|\bto\b|：|は|是|(?=\s))\s{0,2}
    (["'`]?)([^\s"'`]{4,128}+)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_QUOTED_PASSWORD: Final = re.compile(
    r"(?<![A-Za-z])(?:pass(?:word|wort|phrase|code)|pwd)(?:['’]s|\s(?:is|was)|"
    r"\s?[:=])\s{0,2}([\"'`“])([^\"'`“”\n]{4,80})[\"'`”]",
    re.IGNORECASE,
)
# As in: I use hunter2! as my password.
_AS_PASSWORD: Final = re.compile(
    r"(?<!\S)[\"'`(]?(\S{4,64}?)[\"'`)]?,? (?:as|for|is|was) (?:a|an|the|my|your|our|his|her|"
    r"their) (?:\w{1,12} ){0,2}(?:password|passcode|passphrase|pw|pwd)(?![^\W_])"
    r"|(?:[Ii]s|[Uu]se|[Uu]sing|[Tt]ried|[Tt]yped|[Ee]ntered|[Cc]hose|[Tt]ry|[Cc]hange[sd]? (?:it|this|"
    r"that) to) [\"'`]?(\S{4,64}?)[\"'`]? (?:a|an|as|for) (?:\w{1,12} ){0,2}(?:password|passcode|"
    r"passphrase|pw|pwd)(?![^\W_])"
)
_PIN_WORD: Final = re.compile(r"pin|otp|cvv|cvc|security code")
_PIN: Final = re.compile(
    r"(?<![A-Za-z])(?:pin(?:[ -]?(?:code|number))?|otp|cvv2?|cvc2?|security code)(?:\s(?:is|was)|\s?[:=#])?\s{1,2}"
    r"([0-9]{3,8})(?![0-9A-Za-z])",
    re.IGNORECASE,
)
# What stands behind "password:" in documentation and code, where it is no password.
_NOT_PASSWORDS: Final = re.compile(
    r"(?:must|should|your|the|this|that|what|please|enter|required|optional|incorrect|invalid|wrong|"
    r"forgot\w*|changed|reset"
    r"|str|string|text|none|null|nil|true|false|undefined|password\w*|passwort|hash\w*|self\.\S*|os\.\S*|process\.\S*"
    r"|request\.\S*|req\.\S*|user\.\S*|input\S*|getpass\S*|env\S*|config\S*|[*•x.]+|<[^>]*>?|\$\{?\w*\}?|"
    r"\{+\w*\}+|%\w)[,.;:!?)\]}]*",
    re.IGNORECASE,
)
_SENTENCE_END: Final = ".,;:!?"
_OPENING: Final = "([{<"
_CLOSING: Final = ")]}"
_SHORTEST_PASSWORD: Final = 4


def find_called_keys(text: str) -> Iterator[Span]:
    """Random-looking values behind a word such as "api key" or "secret"."""
    lowered = in_small_letters(text)
    examined = 0
    for word in _KEY_WORD.finditer(lowered):
        # A word inside a value is part of it; trying it too would read long values over and over.
        if word.start() < examined or not _is_key_word(lowered, word):
            continue
        value = _KEY_VALUE.match(text, word.start())
        if value:
            examined = value.end()
            if _looks_random(value[1]):
                yield Span(value.start(1), value.end(1), Kind.API_KEY, value[1])


def _is_key_word(lowered: str, word: re.Match[str]) -> bool:
    """A key needs to be said of what; a token, secret or credential is one in itself, if it is a whole word."""
    before = lowered[max(0, word.start() - _LONGEST_WORD_BEFORE) : word.start()]
    return _WORDS_BEFORE_KEY.search(before) is not None or (word[0] != "key" and not before[-1:].isalpha())


def _looks_random(value: str) -> bool:
    sample = value[:_ENTROPY_SAMPLE]
    if not any(map(str.isdigit, sample)) or not any(map(str.isalpha, sample)):
        return False
    shares = (count / len(sample) for count in Counter(sample).values())
    return -sum(share * math.log2(share) for share in shares) >= _LEAST_ENTROPY


def find_jwts(text: str) -> Iterator[Span]:
    """JSON web tokens: a header that begins with `{"`, a payload, a signature."""
    if "eyJ" in text:
        for match in _JWT.finditer(text):
            yield Span(match.start(), match.end(), Kind.JWT, match[0])


def find_private_keys(text: str) -> Iterator[Span]:
    """PEM private keys, also those cut off before their end."""
    ends = [match.end() for match in _PEM_END.finditer(text)] if "-----BEGIN" in text else []
    next_end = covered = 0
    for match in _PEM_BEGIN.finditer(text) if "-----BEGIN" in text else ():
        if match.start() < covered:
            continue
        while next_end < len(ends) and ends[next_end] <= match.end():
            next_end += 1
        body = _PEM_BODY.match(text, match.end())
        body_end = body.end() if body else match.end()
        covered = ends[next_end] if next_end < len(ends) else body_end
        yield Span(match.start(), covered, Kind.PRIVATE_KEY, text[match.start() : covered])


def find_passwords(text: str) -> Iterator[Span]:
    """Values behind a word for password; behind "is" only what does not look like a word of the sentence."""
    lowered = in_small_letters(text)
    for word in _PASSWORD_WORD.finditer(lowered):
        match = _PASSWORD.match(text, word.start())
        if match:
            yield from _password_span(match)
    if "pass" in lowered or "pw" in lowered:
        for match in _QUOTED_PASSWORD.finditer(text):
            if not _NOT_PASSWORDS.fullmatch(match[2]):
                yield Span(match.start(2), match.end(2), Kind.PASSWORD, match[2])
        for match in _AS_PASSWORD.finditer(text):
            group = 1 if match[1] else 2
            value = match[group].strip(_SENTENCE_END)
            if _is_no_word(value, is_said=False) and len(value) >= _SHORTEST_PASSWORD:
                yield Span(match.start(group), match.end(group), Kind.PASSWORD, value)
    for word in _PIN_WORD.finditer(lowered):
        match = _PIN.match(text, word.start())
        if match:
            yield Span(match.start(1), match.end(1), Kind.PASSWORD, match[1])


def _is_no_word(value: str, *, is_said: bool) -> bool:
    """Nobody would go on like this in a sentence: a digit or a sign in it, or a capital where none belongs."""
    letters = value.replace("'", "").replace("’", "")
    if is_said:
        return not letters.isalpha()
    if value.startswith(("http", "www.")) or value.count("/") > 1:
        return False
    return not letters.replace("-", "").isalpha() or letters[1:].lower() != letters[1:] != letters[1:].upper()


def _password_span(match: re.Match[str]) -> Iterator[Span]:
    connector, quote, value = match[1], match[2], match[3]
    if not quote:
        value = value.rstrip(_SENTENCE_END if value[0] in _OPENING else _SENTENCE_END + _CLOSING)
    if len(value) < _SHORTEST_PASSWORD or _NOT_PASSWORDS.fullmatch(value):
        return
    said_in_prose = not connector or (connector.isalpha() and connector.isascii())
    if quote or not said_in_prose or _is_no_word(value, is_said=connector in ("is", "was")):
        yield Span(match.start(3), match.start(3) + len(value), Kind.PASSWORD, value)

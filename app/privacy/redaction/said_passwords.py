"""Finding passwords in a sentence: what looks like one near a word for it, in several languages."""

import re
from collections.abc import Iterator
from typing import Final

from app.privacy.redaction.plain_signs import in_small_letters
from app.privacy.redaction.spans import Kind, Span
from app.privacy.redaction.wallets import NOT_IN_SEEDS

_WORD: Final = re.compile(
    r"(?<![^\W_])(?:pass ?(?:words?|codes?|phrases?|keys?|wd|wort)|pwd?|pws|log[- ]?ins?|logged in|logon|"
    r"sign-?in|credentials?|creds|"
    r"wi-?fi|wlan|ssid|network key|wpa2?|unlock\w*|kennw[oö]rt\w*|passw[oö]rt\w*|zugangs\w+|mots? de passe|mdp|"
    r"contrase[ñn]as?|"
    r"clave|senhas?|palavras?-passe|wachtwoord(?:en)?|has[łl][oa]|parola|password|l[öo]senord\w*|adgangskode\w*|"
    r"passord\w*|salasana\w*|"
    r"hesl[oa]|jelsz\w+|parol[aăei]\w{0,3}|[şs]ifre\w*|kata sandi|sandi|m[ậa]t kh[ẩa]u|lozink\w+|geslo|"
    r"nenosiri)(?![^\W_])"
    r"|парол\w+|κωδικ\w+|סיסמ\w+|كلمة (?:المرور|السر)|密[码碼]|口令|パスワード|暗証番号|비밀번호|"
    r"암호|รหัสผ่าน|पासवर्ड|পাসওয়ার্ড"
)
_TOKEN: Final = re.compile(r"[^\s\"“”«»`<>|]{5,64}+")
_AFTER: Final = 110
_BEFORE: Final = 48
_STOP: Final = re.compile(r"\n\s*\n|[?]\s")
_OPENING: Final = "'([{‘*_:="
_CLOSING: Final = "')]}’.,;:!?*"
_NO_PASSWORD: Final = re.compile(
    r"(?:sha|md|aes|rsa|utf|base|wpa|oauth|ipv|win(?:dows)?|python|int|float|ed|crc|https?|tls|ssl|rc|v|mp|ps|"
    r"rfc|iso|fips|nist|php|argon|"
    r"pbkdf|hs|rs|es|log4|web|h|covid|office|iphone|galaxy|ios|android|sp|fido|totp?|2fa|mfa|blake|scrypt|"
    r"bcrypt)[-_]?[0-9]+[\w.-]{0,4}"
    r"|[0-9]+[-–]?(?:char\w*|digits?|letters?|bits?|factor|step|th|st|nd|rd|am|pm|days?|hours?|min\w*|years?|"
    r"words?|x|[kmg]b?|ghz|s)"
    r"|.*[\w)'][\[(].*|[)\].].*|[\w.-]+@[\w.-]+|.*://.*|/.*|[A-Za-z]:\\.*|\[[A-Z_]+_[0-9]+\].*|"
    r".*\[[A-Z_]+_[0-9]+\]?|[$€£¥].*|#[0-9]+|"
    r"[\w-]+\.(?:com|org|net|de|io|co|py|js|txt|json|ya?ml|md|csv|pdf|png|jpe?g|conf|cfg|ini|sh|env|php|html?|"
    r"exe|zip)\W*"
    r"|[0-9]{1,2}(?:[./:-][0-9]{1,4}){1,3}|\w+/\w+",
    re.IGNORECASE,
)
# In front of a value: the name of a setting or of a field.
_NAMED: Final = re.compile(r"[\"'{(]?[A-Za-z_][\w.-]*[\"']?[=:][\"']?")
# A word with one digit may be a library; it is a password where somebody says so.
_ONE_DIGIT: Final = re.compile("[A-Za-z]+[0-9][A-Za-z]*")
_NAMING: Final = re.compile(
    r"(?:[:=]|(?<![a-z])(?:to|is|was|be|with|as|use|used|using|try|tried|typed?|enter(?:ed)?|into|word|code|"
    r"phrase|pw|pass|login))[\s\"'“‘`(]{0,3}$",
    re.IGNORECASE,
)
_NEAR_NAMING: Final = 12
_SHORTEST: Final = 5
_MARK: Final = re.compile(
    r"[A-Za-z0-9][#!@$%^&*+~=?]+[A-Za-z0-9]|[A-Za-z][_.-]?[0-9]|[0-9][_.-]?[A-Za-z]|[A-Za-z0-9][#$^&*!@]$"
)
_CAMEL: Final = re.compile("[A-Za-z]?[a-z]+(?:[A-Z][a-z]+)+")
_CASES: Final = re.compile(r"[a-z][A-Z]")
_SAID: Final = (
    r"(?:['’]s|(?:[ ][\w@.-]{1,24}){0,4}?[ ](?:is|was|used to be|remains|equals|ist|war|lautet|est|es|era|é|è|"
    r"jest|to|blir|är|er|on)|"
    r"\s?[:=])(?:[ ](?:now|still|just|simply|always|set to|changed to))?\s{1,2}"
)
_CALLED: Final = (
    r"(?<![^\W_])(?:pass ?(?:word|code|phrase|wort)|pwd|pw|kennwort|mot de passe|mdp|contrase[ñn]a|senha|"
    r"wachtwoord|has[łl]o)"
)
_PLAIN: Final = re.compile(
    rf"{_CALLED}{_SAID}[\"'“‘]?([^\W\d_]{{5,30}})[\"'”’]?(?=[.!,;)](?:\s|$)|\n|$|[ ](?:and|but|pls|please|thanks|lol|"
    rf"so|btw|if|in case)[ ])",
    re.IGNORECASE,
)
_PHRASE: Final = re.compile(
    rf"{_CALLED}{_SAID}[\"'“‘]?([^\W\d_]{{3,12}}(?:[ -][^\W\d_]{{3,12}}){{3,9}})[\"'”’]?(?=[.!,;)\n]|$)",
    re.IGNORECASE,
)
_NO_PLAIN: Final = re.compile(
    r"\w+(?:ed|ing|able|ible|ly)|wrong|incorrect|correct|invalid|valid|right|strong|weak|short|longer|shorter|"
    r"safe|secure|hidden|known|"
    r"unknown|public|private|empty|blank|there|here|where|which|something|anything|nothing|everything|someone|"
    r"anyone|these|those|their|"
    r"often|always|never|still|again|sometimes|usually|probably|important|necessary|stolen|forgotten|written|"
    r"given|shown|broken|taken|"
    r"unique|different|random|simple|complex|common|mandatory|optional|plain|plaintext|encrypted|string|"
    r"password|passwort|secret|false|"
    r"true|null|undefined|about|after|before|please|enter|yours|theirs|fine|great|useless|complicated|case|"
    r"falsch|richtig|sicher|"
    r"incorrecta?|incorrecto|obligatori[ao]|requis|faux|bonne?|errada",
    re.IGNORECASE,
)


def find_said_passwords(text: str) -> Iterator[Span]:
    """What has letters with digits or marks among them near a word for password, and what is said to be one."""
    examined = 0
    for word in _WORD.finditer(in_small_letters(text)):
        # What an earlier word has reached is not read again.
        yield from _near(text, max(examined, word.start() - _BEFORE), word.start())
        yield from _near(text, max(examined, word.end()), word.end() + _AFTER)
        examined = max(examined, min(len(text), word.end() + _AFTER))
    for match in _PLAIN.finditer(text):
        if not _NO_PLAIN.fullmatch(match[1]):
            yield Span(*match.span(1), Kind.PASSWORD, match[1])
    for match in _PHRASE.finditer(text):
        words = re.split("[ -]", match[1].lower())
        if NOT_IN_SEEDS.isdisjoint(words) and sum(map(bool, map(_NO_PLAIN.fullmatch, words))) < 2:
            yield Span(*match.span(1), Kind.PASSWORD, match[1])


def _near(text: str, start: int, end: int) -> Iterator[Span]:
    stop = _STOP.search(text, start, end)
    is_before = stop is not None and _WORD.match(in_small_letters(text[end : end + _BEFORE])) is not None
    if stop:
        start, end = (stop.end(), end) if is_before else (start, stop.start() + 1)
    for token in _TOKEN.finditer(text, start, min(end + 64, len(text))):
        if token.start() >= end or (token.start() and text[token.start() - 1] not in ' \t\n"“«`:='):
            continue
        value = token[0]
        named = _NAMED.match(value)
        first = named.end() if named else len(value) - len(value.lstrip(_OPENING))
        value = value[first:]
        tail = value.rstrip(_CLOSING)
        # A mark at the end may belong to it; it goes too where a sentence would not end.
        value = tail + ("!" if value[len(tail) :].startswith("!") and _MARK.search(tail) else "")
        place = token.start() + first
        is_named = named is not None or _NAMING.search(text, max(0, place - _NEAR_NAMING), place) is not None
        if (
            len(value) >= _SHORTEST
            and _looks_made_up(value)
            and (is_named or not _ONE_DIGIT.fullmatch(value))
        ):
            yield Span(place, place + len(value), Kind.PASSWORD, value)


def _looks_made_up(value: str) -> bool:
    if _NO_PASSWORD.fullmatch(value) or sum(map(str.isalpha, value)) < 2:
        return False
    if _CAMEL.fullmatch(value):
        return False
    return _MARK.search(value) is not None or (len(_CASES.findall(value)) >= 2 and len(value) >= 8)

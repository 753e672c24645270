"""Finding addresses of crypto currencies, the words that open a wallet, and the codes that replace a lost device."""

import itertools
import re
from collections.abc import Iterator
from typing import Final

from app.privacy.redaction.plain_signs import in_small_letters
from app.privacy.redaction.spans import Kind, Span

# Whatever the case: in small letters an address names its owner as well.
_WALLET: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:0x[0-9a-fA-F]{40}|(?:bc|tb|ltc|addr_?(?:test)?|stake|cosmos|osmo|juno|terra|inj|"
    r"celestia|kava|axelar|secret|sei|"
    r"dydx|zs|nano|npub|nsec|lnurl|erd|one|bnb|thor|akash|stars|evmos|u)1[ac-hj-np-z02-9]{25,110}|"
    r"lnbc[a-z0-9]{50,400}|"
    r"bitcoincash:[qp][a-z0-9]{41}|[qp][a-z0-9]{41}|nano_[13][a-z0-9]{59}|[EUk]Q[A-Za-z0-9_-]{46}|G[A-Z2-7]{55}|"
    r"[48][1-9A-Za-z]{94}|(?:tz[1-4]|KT1)[1-9A-Za-z]{33}|[13LMDXtTr9A5][1-9A-Za-z]{25,47}|[1-9A-Za-z]{43,44}|"
    r"0\.0\.[0-9]{4,10})"
    r"(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(
    r"(?<![\w.-])[a-z0-9-]{3,60}\.(?:eth|sol|crypto|bnb|btc|lens|nft|x)(?![\w.-])", re.IGNORECASE
)
_FEWEST_SIGNS: Final = 9
_LEAST_TURNS: Final = 8
_FEWEST_SIGNS_HEX: Final = 4

_SEED_CUE: Final = re.compile(
    r"(?<![a-z])(?:seed|recovery|backup|mnemonic|secret|wallet|bip-?39)[ -](?:phrase|words?|seed|sentence)|"
    r"mnemonic|seedphrase|passphrase|"
    r"(?:12|24|twelve|twenty-four) (?:secret |recovery |seed )?words",
    re.IGNORECASE,
)
_SEED_WORDS: Final = ("phrase", " words", " seed", "-seed", "sentence", "mnemonic")
_AFTER_CUE: Final = re.compile(r"[^\n:=]{0,60}?[:=\n]\s{0,3}[\"'“]?|[ ](?:is|was|are|were)[ ][\"'“]?")
_WORDS: Final = re.compile(
    r"(?:[0-9]{1,2}[.):]?\s)?[a-z]{3,8}(?:(?:,\s?|[ ]{1,2}|\s?\n)(?:[0-9]{1,2}[.):]?\s?)?[a-z]{3,8}){11,23}(?![\w'’])",
    re.IGNORECASE,
)
_LINE_OF_WORDS: Final = re.compile(r"(?:^|\n|: )([a-z]{3,8}(?: [a-z]{3,8}){11,23})(?=\.?(?:\n|$))")
_NUMBERS_OF_WORDS: Final = frozenset((12, 15, 18, 21, 24))
NOT_IN_SEEDS: Final = frozenset(
    """
    and any are been but can could did does doing for from get going got had has have her him his how its not our
    should than the their them then these they those was were who whom whose why with would you your
    """.split()  # noqa: SIM905 - a block of words reads better
)
"""Words of sentences that are none of the list from which wallets are made."""

_CODE_CUE: Final = re.compile(
    r"(?<![a-z])(?:(?:recovery|back-?up|rescue|scratch|one[ -]time|emergency|2fa|mfa|otp|totp|two[ -]factor|"
    r"verification|authenticator|"
    r"door|gate|alarm|garage|safe|entry|lock|locker|building|keypad|pin|sim|security|login|sign-?in|activation|"
    r"unlock|puk|access)[ -](?:codes?|combination|combo|keys?|pass(?:word|code)s?|tokens?|secret|seed|pins?)|"
    r"puk|totp|2fa|"
    r"setup key|secret key|authenticator)(?![a-z])",
    re.IGNORECASE,
)
_CODE: Final = re.compile(
    r"(?<![\w.-])(?:(?=[A-Z-]{0,20}[0-9])[A-Z0-9]{3,10}(?:-[A-Z0-9]{3,10}){1,7}|"
    r"(?=[a-z]{0,12}[0-9])[a-z0-9]{4,16}|[A-Z2-7]{16,64}|"
    r"[A-Z2-7]{4}(?: [A-Z2-7]{4}){3,12}|[0-9]{3,4}[ ][0-9]{3,4}|[0-9]{1,3}(?:[ -][0-9]{1,3}){2,3}|"
    r"[a-z0-9]{4}(?: [a-z0-9]{4}){3,12})(?![\w-])",
    re.IGNORECASE,
)
_DIGIT: Final = re.compile("[0-9]")
_REACH: Final = 60
_MOST_CODES: Final = 24
_YEAR: Final = re.compile("(?:19|20)[0-9]{2}")
_MEASURE: Final = re.compile(r"[0-9]{1,3}(?:st|nd|rd|th|am|pm|h|min|s|k|m|x|d|fa)?", re.IGNORECASE)


def find_wallets(text: str) -> Iterator[Span]:
    """Addresses, names of addresses, and the rows of words that open a wallet."""
    for match in _WALLET.finditer(text):
        if _is_random(match[0]):
            yield Span(*match.span(), Kind.WALLET, match[0])
    if "." in text:
        for match in _NAMED.finditer(text):
            yield Span(*match.span(), Kind.WALLET, match[0].lower())
    lowered = in_small_letters(text)
    for cue in _SEED_CUE.finditer(text) if any(word in lowered for word in _SEED_WORDS) else ():
        after = _AFTER_CUE.match(text, cue.end())
        words = _WORDS.match(text, after.end()) if after else None
        if words:
            yield Span(*words.span(), Kind.PASSWORD, words[0].lower())
    for match in _LINE_OF_WORDS.finditer(text):
        row = match[1].split()
        if len(row) in _NUMBERS_OF_WORDS and NOT_IN_SEEDS.isdisjoint(row):
            yield Span(*match.span(1), Kind.PASSWORD, match[1])


def _is_random(found: str) -> bool:
    """Letters and digits in turn, or letters of both sizes, of many kinds: no word is as long."""
    kinds = ["d" if sign.isdigit() else "u" if sign.isupper() else "l" for sign in found]
    if found.lower().startswith(("0x", "0.0.")):
        return len(set(found)) > _FEWEST_SIGNS_HEX
    turns = sum(one != other for one, other in itertools.pairwise(kinds))
    return len(set(found.lower())) >= _FEWEST_SIGNS and (kinds.count("d") > 1 or turns >= _LEAST_TURNS)


def find_codes(text: str) -> Iterator[Span]:
    """One-time and recovery codes, and the seeds of authenticators, behind a word for them."""
    if _DIGIT.search(text) is None:
        return
    position = 0
    for cue in _CODE_CUE.finditer(text):
        position = max(position, cue.end())
        for _number in range(_MOST_CODES):
            code = _CODE.search(text, position, min(len(text), position + _REACH))
            if code is None or any(stop in text[position : code.start()] for stop in ("? ", "! ", "\n\n")):
                break
            position = code.end()
            if not _YEAR.fullmatch(code[0]) and not _MEASURE.fullmatch(code[0]) and _is_code(code[0]):
                yield Span(*code.span(), Kind.PASSWORD, code[0])


def _is_code(found: str) -> bool:
    return any(map(str.isdigit, found)) or (found.isupper() and len(found) > 12)

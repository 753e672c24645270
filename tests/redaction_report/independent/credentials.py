"""Keys, tokens, passwords and wallets: made up, in the shapes their makers give them."""

import base64
import hashlib
import json
import random
import string
from collections.abc import Callable
from typing import Final

from tests.redaction_report.independent.numbers import digits

ALNUM: Final = string.ascii_letters + string.digits
HEX: Final = "0123456789abcdef"
WORDS: Final = "maple,Tiger,sunset,Falcon,pickle,Rocket,winter,Bubbles,copper,Dragon,violet,Hammer".split(",")  # noqa: SIM905


def _of(rng: random.Random, count: int, signs: str = ALNUM) -> str:
    return "".join(rng.choices(signs, k=count))


def _base64(rng: random.Random, count: int) -> str:
    return base64.b64encode(rng.randbytes(count)).decode()


# What it is called, what comes before the random part, how long that is, of what signs.
SHAPES: Final[tuple[tuple[str, str, int, str], ...]] = (
    ("AWS access key id", "AKIA", 16, string.ascii_uppercase + "234567"),
    ("AWS temporary key id", "ASIA", 16, string.ascii_uppercase + "234567"),
    ("GitHub token", "ghp_", 36, ALNUM),
    ("GitHub OAuth token", "gho_", 36, ALNUM),
    ("GitHub fine-grained token", "github_pat_11", 80, ALNUM),
    ("GitLab token", "glpat-", 20, ALNUM + "_-"),
    ("Stripe key", "sk_live_", 24, ALNUM),
    ("Stripe restricted key", "rk_live_", 24, ALNUM),
    ("Stripe webhook secret", "whsec_", 32, ALNUM),
    ("Google API key", "AIzaSy", 33, ALNUM + "_-"),
    ("Google client secret", "GOCSPX-", 28, ALNUM + "_-"),
    ("OpenAI project key", "sk-proj-", 48, ALNUM),
    ("OpenAI key", "sk-", 48, ALNUM),
    ("Anthropic key", "sk-ant-api03-", 93, ALNUM + "_-"),
    ("npm token", "npm_", 36, ALNUM),
    ("PyPI token", "pypi-AgEIcHlwaS5vcmc", 80, ALNUM + "_-"),
    ("Twilio key", "SK", 32, HEX),
    ("Hugging Face token", "hf_", 34, string.ascii_letters),
    ("DigitalOcean token", "dop_v1_", 64, HEX),
    ("Shopify token", "shpat_", 32, HEX),
    ("Mailgun key", "key-", 32, HEX),
    ("Databricks token", "dapi", 32, HEX),
    ("Docker token", "dckr_pat_", 27, ALNUM + "_-"),
    ("Linear key", "lin_api_", 40, ALNUM),
    ("Vault token", "hvs.", 90, ALNUM + "_-"),
    ("New Relic key", "NRAK-", 27, string.ascii_uppercase + string.digits),
    ("Groq key", "gsk_", 52, ALNUM),
    ("Replicate token", "r8_", 37, ALNUM),
    ("Grafana token", "glsa_", 41, ALNUM),
    ("Square token", "sq0atp-", 22, ALNUM + "_-"),
)


def _dotted(rng: random.Random) -> tuple[str, str]:
    return rng.choice(
        [
            ("SendGrid key", f"SG.{_of(rng, 22)}.{_of(rng, 43)}"),
            ("Slack bot token", f"xoxb-{digits(rng, 12)}-{digits(rng, 12)}-{_of(rng, 24)}"),
            (
                "Slack user token",
                f"xoxp-{digits(rng, 12)}-{digits(rng, 12)}-{digits(rng, 12)}-{_of(rng, 32, HEX)}",
            ),
            ("Telegram bot token", f"{digits(rng, 10)}:AA{_of(rng, 33, ALNUM + '_-')}"),
            ("Discord bot token", f"M{_of(rng, 25)}.{_of(rng, 6)}.{_of(rng, 38, ALNUM + '_-')}"),
            (
                "Slack webhook",
                f"https://hooks.slack.com/services/T{_of(rng, 8)}/B{_of(rng, 10)}/{_of(rng, 24)}",
            ),
        ]
    )


def known_key(rng: random.Random) -> tuple[str, str]:
    """What it is called, and a key whose shape tells whose it is."""
    if rng.random() < 0.25:
        return _dotted(rng)
    name, prefix, length, signs = rng.choice(SHAPES)
    return name, prefix + _of(rng, length, signs)


def aws_secret(rng: random.Random) -> str:
    return _base64(rng, 30)


def generic_token(rng: random.Random) -> str:
    """High entropy and nothing else."""
    return rng.choice(
        [_of(rng, 40, HEX), _of(rng, 32), _base64(rng, 24), _of(rng, 64, HEX), _of(rng, 43, ALNUM + "-_")]
    )


def jwt(rng: random.Random, subject: str) -> str:
    def part(content: object) -> str:
        return (
            base64.urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).decode().rstrip("=")
        )

    header = part({"alg": rng.choice(["HS256", "RS256"]), "typ": "JWT"})
    signature = base64.urlsafe_b64encode(rng.randbytes(32)).decode().rstrip("=")
    return f"{header}.{part({'sub': subject, 'iat': rng.randint(1_500_000_000, 1_760_000_000)})}.{signature}"


def private_key(rng: random.Random) -> str:
    """The frame is what counts; inside are random bytes."""
    name = rng.choice(["RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "EC PRIVATE KEY"])
    body = _base64(rng, rng.choice([150, 300, 600]))
    lines = "\n".join(body[i : i + 64] for i in range(0, len(body), 64))
    return f"-----BEGIN {name}-----\n{lines}\n-----END {name}-----"


def password(rng: random.Random) -> str:
    """As people choose them, and as programs do."""
    first, second = rng.sample(WORDS, 2)
    year = rng.randint(1970, 2024)
    return rng.choice(
        [
            f"{first}{second}{rng.randint(10, 99)}",
            f"{first.capitalize()}{year}!",
            f"{first}_{second}#{rng.randint(1, 999)}",
            f"{first[:3].upper()}{second[-3:]}${year}",
            _of(rng, 12, ALNUM + "!#%+"),
            _of(rng, 16),
            f"p4ss{second.lower()}{rng.randint(100, 999)}",
            f"{first}-{second}-{rng.choice(WORDS)}-{rng.randint(1, 9)}",
        ]
    )


BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
RIPPLE: Final = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"


def _base58check(version: int, payload: bytes, alphabet: str = BASE58) -> str:
    body = bytes([version]) + payload
    body += hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    number, out = int.from_bytes(body), ""
    while number:
        number, rest = divmod(number, 58)
        out = alphabet[rest] + out
    return alphabet[0] * (len(body) - len(body.lstrip(b"\0"))) + out


BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def _polymod(values: list[int]) -> int:
    generator = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, factor in enumerate(generator):
            check ^= factor if top >> place & 1 else 0
    return check


def _segwit(payload: bytes) -> str:
    """BIP 173, version 0."""
    bits = "".join(f"{byte:08b}" for byte in payload)
    data = [0, *(int(bits[i : i + 5], 2) for i in range(0, len(bits), 5))]
    prefix = [3, 3, 0, 2, 3]  # "bc", spread out
    check = _polymod([*prefix, *data, 0, 0, 0, 0, 0, 0]) ^ 1
    return "bc1" + "".join(BECH32[value] for value in [*data, *(check >> 5 * (5 - i) & 31 for i in range(6))])


WALLETS: Final[dict[str, Callable[[random.Random], str]]] = {
    "bitcoin": lambda rng: _base58check(rng.choice([0, 5]), rng.randbytes(20)),
    "BTC": lambda rng: _segwit(rng.randbytes(20)),
    "ethereum": lambda rng: "0x" + _of(rng, 40, HEX),
    "ETH": lambda rng: "0x" + _of(rng, 40, HEX),
    "dogecoin": lambda rng: _base58check(0x1E, rng.randbytes(20)),
    "tron": lambda rng: _base58check(0x41, rng.randbytes(20)),
    "XRP": lambda rng: _base58check(0, rng.randbytes(20), RIPPLE),
    "litecoin": lambda rng: _base58check(0x30, rng.randbytes(20)),
    "solana": lambda rng: _of(rng, 44, BASE58),
}


def wallet(rng: random.Random) -> tuple[str, str]:
    """What it is called, and an address with the right check sum."""
    name = rng.choice([*WALLETS])
    return name, WALLETS[name](rng)

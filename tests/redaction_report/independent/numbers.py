"""Numbers that people are known by, with check digits that are right."""

import itertools
import random
from collections.abc import Callable
from typing import Final

Maker = Callable[[random.Random], str]

DIGITS: Final = "0123456789"
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def digits(rng: random.Random, count: int) -> str:
    """So many digits, the first not 0."""
    return rng.choice(DIGITS[1:]) + "".join(rng.choices(DIGITS, k=count - 1))


def fill(rng: random.Random, pattern: str, letters: str = "ABDEFGHJLNPQRSTUWXYZ") -> str:
    """# becomes a digit (1 to 9 where the pattern begins with it), @ a letter."""
    out = [
        rng.choice(DIGITS[1:] if place == 0 else DIGITS)
        if sign == "#"
        else rng.choice(letters)
        if sign == "@"
        else sign
        for place, sign in enumerate(pattern)
    ]
    return "".join(out)


def luhn(body: str) -> str:
    """The body and its check digit (ISO/IEC 7812)."""
    doubled = [int(d) * (2 if place % 2 == 0 else 1) for place, d in enumerate(reversed(body))]
    return body + str(-sum(n // 10 + n % 10 for n in doubled) % 10)


def _weighted(body: str, weights: list[int]) -> int:
    return sum(int(d) * w for d, w in zip(body, weights, strict=True))


def ssn(rng: random.Random) -> str:
    area = rng.choice([*range(1, 666), *range(667, 900)])
    return f"{area:03}-{rng.randint(1, 99):02}-{rng.randint(1, 9999):04}"


def nino(rng: random.Random) -> str:
    prefix = rng.choice(["AB", "CE", "HJ", "JK", "LP", "MX", "NA", "PW", "RS", "SY", "TE", "WL", "YC", "ZM"])
    spaced = fill(rng, f"{prefix} ## ## ## ") + rng.choice("ABCD")
    return rng.choice([spaced, spaced.replace(" ", "")])


def nhs(rng: random.Random) -> str:
    while True:
        body = digits(rng, 9)
        check = -_weighted(body, [*range(10, 1, -1)]) % 11
        if check < 10:
            return f"{body[:3]} {body[3:6]} {body[6:]}{check}"


def steuer_id(rng: random.Random) -> str:
    """Ten digits of which one comes twice, and ISO 7064 mod 11,10."""
    while True:
        order = rng.sample(DIGITS, 9)
        order.insert(rng.randint(0, 9), rng.choice(order))
        body = "".join(order)
        if body[0] == "0" or any(a == b for a, b in itertools.pairwise(body)):
            continue
        product = 10
        for digit in body:
            total = (int(digit) + product) % 10 or 10
            product = total * 2 % 11
        number = body + str((11 - product) % 10)
        return rng.choice([number, f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:]}"])


def nir(rng: random.Random) -> str:
    body = f"{rng.choice('12')}{rng.randint(40, 99)}{rng.randint(1, 12):02}{rng.randint(21, 89)}"
    body += digits(rng, 3) + digits(rng, 3)
    number = f"{body}{97 - int(body) % 97:02}"
    spaced = " ".join(number[a:b] for a, b in ((0, 1), (1, 3), (3, 5), (5, 7), (7, 10), (10, 13), (13, 15)))
    return rng.choice([number, spaced])


def dni(rng: random.Random) -> str:
    number = rng.randint(10_000_000, 99_999_999)
    if rng.random() < 0.3:  # a foreigner's number: X, Y, Z stand for 0, 1, 2
        first = rng.randint(0, 2)
        number = rng.randint(1_000_000, 9_999_999)
        return f"{'XYZ'[first]}{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[(first * 10_000_000 + number) % 23]}"
    letter = "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23]
    return rng.choice([f"{number}{letter}", f"{number}-{letter}"])


ODD: Final = dict(
    zip(
        DIGITS + LETTERS,
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21] * 2 + [2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23],
        strict=True,
    )
)


def _even(sign: str) -> int:
    return int(sign) if sign.isdigit() else LETTERS.index(sign)


def codice_fiscale(rng: random.Random) -> str:
    body = fill(rng, "@@@@@@", "BCDFGLMNPRSTVZ") + f"{rng.randint(40, 99)}{rng.choice('ABCDEHLMPRST')}"
    body += f"{rng.choice([*range(1, 29), *range(41, 69)]):02}" + rng.choice(["H501", "F205", "L219", "D612"])
    total = sum(ODD[sign] if place % 2 == 0 else _even(sign) for place, sign in enumerate(body))
    return body + LETTERS[total % 26]


def bsn(rng: random.Random) -> str:
    while True:
        body = digits(rng, 8)
        check = _weighted(body, [*range(9, 1, -1)]) % 11
        if check < 10:
            return body + str(check)


def cpf(rng: random.Random) -> str:
    body = digits(rng, 9)
    for _ in range(2):
        check = _weighted(body, [*range(len(body) + 1, 1, -1)]) * 10 % 11 % 10
        body += str(check)
    return rng.choice([body, f"{body[:3]}.{body[3:6]}.{body[6:9]}-{body[9:]}"])


def pesel(rng: random.Random) -> str:
    body = f"{rng.randint(40, 99)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}{digits(rng, 4)}"
    return body + str(-_weighted(body, [1, 3, 7, 9] * 2 + [1, 3]) % 10)


def my_number(rng: random.Random) -> str:
    body = digits(rng, 11)
    weights = [n + 1 if n <= 6 else n - 5 for n in range(11, 0, -1)]
    rest = _weighted(body, weights) % 11
    number = body + str(0 if rest <= 1 else 11 - rest)
    return rng.choice([number, f"{number[:4]} {number[4:8]} {number[8:]}"])


def _dihedral(a: int, b: int) -> int:
    """The product in D5, which Verhoeff's check digit is made with."""
    if a < 5:
        return (a + b) % 5 if b < 5 else 5 + (a + b - 5) % 5
    return 5 + (a - 5 - b) % 5 if b < 5 else (a - b) % 5


VERHOEFF: Final = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def _permuted(digit: int, times: int) -> int:
    for _ in range(times % 8):
        digit = VERHOEFF[digit]
    return digit


def aadhaar(rng: random.Random) -> str:
    body = rng.choice("23456789") + digits(rng, 10)
    check = 0
    for place, digit in enumerate(reversed(body), 1):
        check = _dihedral(check, _permuted(int(digit), place))
    number = body + str(check if check > 4 or check == 0 else 5 - check)
    return rng.choice([number, f"{number[:4]} {number[4:8]} {number[8:]}"])


def nin(rng: random.Random) -> str:
    """It has no check digit: any eleven digits may be one."""
    return digits(rng, 11)


def emirates_id(rng: random.Random) -> str:
    number = luhn(f"784{rng.randint(1950, 2005)}{digits(rng, 7)}")
    return f"{number[:3]}-{number[3:7]}-{number[7:14]}-{number[14]}"


# By place: what people call the number, and the number.
NATIONAL_IDS: Final[dict[str, tuple[tuple[str, Maker], ...]]] = {
    "en_US": (("SSN", ssn), ("social security number", ssn), ("social", ssn)),
    "en_GB": (("NI number", nino), ("National Insurance number", nino), ("NHS number", nhs)),
    "de_DE": (("Steuer-ID", steuer_id), ("tax ID", steuer_id)),
    "fr_FR": (("numéro de sécu", nir), ("social security number", nir)),
    "es_ES": (("DNI", dni), ("DNI/NIE", dni)),
    "it_IT": (("codice fiscale", codice_fiscale), ("tax code", codice_fiscale)),
    "nl_NL": (("BSN", bsn), ("burgerservicenummer", bsn)),
    "pt_BR": (("CPF", cpf), ("cpf", cpf)),
    "pl_PL": (("PESEL", pesel), ("pesel number", pesel)),
    "ja_JP": (("My Number", my_number), ("individual number", my_number)),
    "en_IN": (("Aadhaar", aadhaar), ("aadhar number", aadhaar)),
    "en_NG": (("NIN", nin), ("National Identification Number", nin)),
    "ar": (("Emirates ID", emirates_id), ("EID", emirates_id)),
}


def _iban(country: str, bban: str) -> str:
    as_number = "".join(str(int(sign, 36)) for sign in bban + country + "00")
    return f"{country}{98 - int(as_number) % 97:02}{bban}"


def _spanish(rng: random.Random) -> str:
    bank, account = digits(rng, 8), digits(rng, 10)
    weights = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6]
    checks = [11 - _weighted(part, weights) % 11 for part in ("00" + bank, account)]
    return bank + "".join(str({10: 1, 11: 0}.get(check, check)) for check in checks) + account


def _french(rng: random.Random) -> str:
    bank, branch, account = digits(rng, 5), digits(rng, 5), digits(rng, 11)
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    return f"{bank}{branch}{account}{key:02}"


def _italian(rng: random.Random) -> str:
    body = digits(rng, 22)
    total = sum(ODD[sign] if place % 2 == 0 else int(sign) for place, sign in enumerate(body))
    return LETTERS[total % 26] + body


def _polish(rng: random.Random) -> str:
    branch = digits(rng, 7)
    return branch + str(-_weighted(branch, [3, 9, 7, 1, 3, 9, 7]) % 10) + digits(rng, 16)


BBANS: Final[dict[str, tuple[str, Maker]]] = {
    "de_DE": ("DE", lambda rng: digits(rng, 18)),
    "en_GB": ("GB", lambda rng: rng.choice(["NWBK", "BARC", "LOYD"]) + digits(rng, 14)),
    "fr_FR": ("FR", _french),
    "es_ES": ("ES", _spanish),
    "it_IT": ("IT", _italian),
    "nl_NL": ("NL", lambda rng: rng.choice(["INGB", "RABO", "ABNA"]) + "0" + bsn(rng)),
    "pl_PL": ("PL", _polish),
    "ar": ("AE", lambda rng: "03" + digits(rng, 17)),
}


def iban(rng: random.Random, place: str) -> str:
    """With the right check digits, the inner ones too; in groups of four or not. Where none is used: a German one."""
    country, bban = BBANS.get(place, BBANS["de_DE"])
    number = _iban(country, bban(rng))
    grouped = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    return rng.choice([number, grouped, grouped, grouped.replace(" ", "-")])


def card(rng: random.Random) -> str:
    """Visa, Mastercard, American Express, Discover; in the ways they are typed."""
    prefix, length = rng.choice([("4", 16), ("4", 16), ("53", 16), ("2341", 16), ("37", 15), ("6011", 16)])
    number = luhn(prefix + "".join(rng.choices(DIGITS, k=length - len(prefix) - 1)))
    cuts = (4, 10) if length == 15 else (4, 8, 12)
    parts = [number[a:b] for a, b in zip((0, *cuts), (*cuts, length), strict=True)]
    return rng.choice([number, " ".join(parts), " ".join(parts), "-".join(parts)])


def account(rng: random.Random, place: str) -> str:
    """An account number as people of a place give it, with no check digit of its own."""
    patterns = {
        "en_US": "account number ##########",
        "en_GB": "sort code 20-##-## account ########",
        "ja_JP": "Mizuho Bank Shibuya branch, ordinary account #######",
        "en_IN": "a/c no. ############## IFSC HDFC000####",
        "en_NG": "GTBank account ##########",
        "pt_BR": "agência 0### conta corrente #####-#",
    }
    return fill(rng, patterns.get(place, "account no. ##########"))


# As dialled at home and from abroad; # is any digit.
PHONES: Final[dict[str, tuple[str, ...]]] = {
    "en_US": (
        "(503) 29#-####",
        "312-64#-####",
        "+1 206 44# ####",
        "415.77#.####",
        "1-617-26#-####",
        "71848#####",
    ),
    "en_GB": (
        "07911 12####",
        "+44 7911 1#####",
        "0113 496 0###",
        "020 7946 0###",
        "(0161) 496 0###",
        "+447400######",
    ),
    "de_DE": (
        "0171 23#####",
        "+49 30 90#####",
        "0221/47####",
        "(089) 54 ## ## ##",
        "0049 151 2#######",
        "+49(0)40 38####",
    ),
    "fr_FR": ("06 12 ## ## ##", "+33 6 45 ## ## ##", "01.42.##.##.##", "0612######", "0033 1 45 ## ## ##"),
    "es_ES": ("612 34# ###", "+34 655 ## ## ##", "91 52# ## ##", "6229#####", "+34 93 45# ####"),
    "it_IT": ("347 12#####", "+39 333 45# ####", "06 698####", "02/76####", "+39 349#######"),
    "nl_NL": ("06-12######", "+31 6 2# ## ## ##", "020-62#####", "(030) 23# ## ##", "0031 6 4#######"),
    "pt_BR": (
        "(11) 9876#-####",
        "+55 21 9987#-####",
        "(41) 3322-####",
        "11 9912#####",
        "+55 (85) 98###-####",
    ),
    "pl_PL": ("601 23# ###", "+48 512 3## ###", "22 826 ## ##", "0048 690 ### ###", "505-1##-###"),
    "ja_JP": ("090-1234-####", "+81 80 5#78 ####", "03-3581-####", "(06) 6341-####", "0801#######"),
    "en_IN": ("98450 #####", "+91 99300 #####", "080-2558####", "09820######", "+91-7042######"),
    "en_NG": ("0803 1## ####", "+234 806 2## ####", "08123######", "0901 23# ####", "+2347030######"),
    "ar": (
        "010 0123 ####",
        "+20 12 2345 ####",
        "+971 50 12# ####",
        "0555 12# ###",
        "+966 55 12# ####",
        "00962 79 12# ####",
    ),
}


def phone(rng: random.Random, place: str) -> str:
    """A number in one of the place's ways."""
    return fill(rng, rng.choice(PHONES[place]))

"""One made-up person and what a sentence may tell of them."""

import dataclasses
import datetime as dt
import random
import re
import unicodedata
from collections.abc import Callable
from functools import cached_property

from tests.redaction_report.independent import credentials, numbers
from tests.redaction_report.independent.details import Detail, compact
from tests.redaction_report.independent.names import PARTICLES, Place


def plain(text: str) -> str:
    """Without accents and marks, as in an address: Müller becomes muller."""
    for sign, letters in {"ß": "ss", "ł": "l", "Ł": "l", "ø": "o"}.items():
        text = text.replace(sign, letters)
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in decomposed.lower() if sign.isascii() and sign.isalnum())


class Persona:
    """Everything about one person, drawn once; names are of one half of the lists, so that the halves share none."""

    def __init__(self, rng: random.Random, place: Place, half: int) -> None:
        self.rng = rng
        self.place = place
        self.first = rng.choice(place.firsts[half::2])
        self.last = rng.choice(place.lasts[half::2])
        self.streets = place.streets[half::2]
        self.town = rng.choice(place.towns[half::2])

    def _detail(
        self, kind: str, value: str, *, words: list[str] | None = None, pieces: list[str] | None = None
    ) -> Detail:
        return Detail(
            kind, value, self.place.code, tuple(words or ()), tuple(pieces or ()), (value, value.lower())
        )

    @cached_property
    def surnames(self) -> list[str]:
        """The parts of the family name that tell who it is; of a double one, both."""
        parts = [
            part.removeprefix("Al-").removeprefix("al-").removeprefix("El-") for part in self.last.split()
        ]
        parts = [half for part in parts for half in part.split("-")]
        return [part for part in parts if part.lower() not in PARTICLES]

    def _named(self, kind: str, value: str, *others: str) -> Detail:
        echoes = (f"{self.first} {self.last}", f"{self.first} {self.last}".lower(), *others)
        return Detail(kind, value, self.place.code, tuple(self.surnames), (), echoes)

    def full(self) -> Detail:
        detail = self._named("person, full name", f"{self.first} {self.last}", self.titled().value)
        joined = f"{plain(self.first)}{plain(self.last)}"
        parts = (
            self._detail("person, first name of a full one", self.first, words=[self.first]),
            self._detail("person, full name without spaces", joined, words=[joined]),
        )
        return dataclasses.replace(detail, parts=parts)

    def last_first(self) -> Detail:
        styles = [
            f"{self.last}, {self.first}",
            f"{self.last.upper()}, {self.first}",
            f"{self.last.upper()} {self.first}",
        ]
        if self.place.family_first:
            styles = [f"{self.last} {self.first}", f"{self.last}-san", f"{self.last.upper()} {self.first}"]
        return self._named("person, family name first", self.rng.choice(styles))

    def titled(self) -> Detail:
        return self._named(
            "person, title and family name", f"{self.rng.choice(self.place.titles)} {self.last}"
        )

    def initials(self) -> Detail:
        styles = [f"{self.first[0]}. {self.last}", f"{self.first[0]}.{self.rng.choice('AEJMR')}. {self.last}"]
        return self._named("person, initials and family name", self.rng.choice(styles))

    def given(self) -> Detail:
        return self._detail("person, first name alone", self.first, words=[self.first])

    def _local(self) -> str:
        first, last, year = plain(self.first), plain(self.last), self.rng.randint(60, 99)
        return self.rng.choice(
            [
                f"{first}.{last}",
                f"{first[0]}{last}",
                f"{first}_{last}{year}",
                f"{last}{year}",
                f"{first}-{last[0]}{year}",
            ]
        )

    def _own_host(self) -> str:
        return plain(self.last) + self.rng.choice([".name", ".photography", ".xyz", "-family.org", ".dev"])

    def email(self) -> Detail:
        local = self._local()
        address = self.rng.choice(
            [
                f"{local}@{self.rng.choice(self.place.mail_hosts)}",
                f"{local}+{self.rng.choice(['shop', 'spam', 'jobs'])}@{self.rng.choice(self.place.mail_hosts)}",
                f"{plain(self.first)}@{self._own_host()}",
                f"{local}@mail.dept-{self.rng.randint(2, 9)}.{self.rng.choice(['museum', 'coop', 'travel', 'io'])}",
                f"{local.title()}@{self.rng.choice(self.place.mail_hosts).upper()}",
            ]
        )
        return self._detail("e-mail", address, words=[address.split("@")[0], address])

    def obfuscated(self) -> Detail:
        local, host = self._local(), self.rng.choice(self.place.mail_hosts)
        name, ending = host.split(".", 1)
        value = self.rng.choice(
            [
                f"{local} at {name} dot {ending.replace('.', ' dot ')}",
                f"{local}[at]{name}[dot]{ending}",
                f"{local} (at) {host}",
                f"{local} @ {name} . {ending}",
                f"{local.replace('.', ' dot ').replace('_', ' underscore ')} at {host}",
                f"{local} AT {name.upper()} DOT {ending.upper()}",
            ]
        )
        end = re.split(r" at | AT |\[at\]| \(at\) | @ ", value)[0]
        return self._detail("e-mail, obfuscated", value, words=[end])

    def phone(self) -> Detail:
        value = numbers.phone(self.rng, self.place.code)
        tight = re.sub(r"\D", "", value)
        return Detail("phone", value, self.place.code, (), (value,), (value, tight))

    def _numbered(self) -> tuple[str, dict[str, str]]:
        fields = {
            "s": self.rng.choice(self.streets),
            "n": str(self.rng.randint(2, 9 if self.place.code == "ja_JP" else 189)),
        }
        fields |= {
            "c": str(self.rng.randint(1, 29)),
            "d": str(self.rng.randint(1, 19)),
            "f": str(self.rng.randint(1, 40)),
        }
        return self.place.street.format(**fields), fields

    def postal_code(self) -> str:
        return numbers.fill(self.rng, self.rng.choice(self.place.postal))

    def _address(self, kind: str, make: Callable[[str, dict[str, str], str], str]) -> Detail:
        short, fields = self._numbered()
        code = self.postal_code()
        value = make(short, fields, code)
        # With a flat, the street and its number may be written another way.
        number, street = fields["n"], fields["s"]
        ways = [
            short,
            f"{number} bis, {street}",
            f"Building {number}, {street}",
            f"{street} {number}",
            f"{street}, {number}",
        ]
        marks = [*dict.fromkeys(way for way in ways if way in value)]
        if self.place.postal_is_personal and code in value:
            marks.append(code)
        return Detail(kind, value, self.place.code, tuple(marks), (), (short, short.lower(), value))

    def street(self) -> Detail:
        return self._address("address, street and number", lambda short, _, __: short)

    def address(self) -> Detail:
        return self._address(
            "address, one line", lambda short, _, code: self.place.line.format(a=short, p=code, t=self.town)
        )

    def flat(self) -> Detail:
        return self._address(
            "address, with a flat", lambda _, fields, __: f"{self.place.flat.format(**fields)}, {self.town}"
        )

    def block(self) -> Detail:
        def lines(short: str, _: dict[str, str], code: str) -> str:
            line = self.place.line.format(a=short, p=code, t=self.town).replace(f"{short}, ", f"{short}\n")
            return f"{line}\n{self.place.country.removeprefix('the ')}"

        return self._address("address, block", lines)

    def postal(self) -> Detail:
        code = self.postal_code()
        line = self.place.line.format(a="", p=code, t=self.town)
        return self._detail("postal code and town", line.removeprefix(", "), words=[code])

    def iban(self) -> Detail:
        value = numbers.iban(self.rng, self.place.code)
        return Detail("IBAN", value, self.place.code, (), (value,), (value, re.sub(r"\W", "", value).lower()))

    def account(self) -> Detail:
        value = numbers.account(self.rng, self.place.code)
        number = max(
            re.findall(r"\d[\d-]*", value), key=lambda part: len(part.replace("-", "")) + ("-" not in part)
        )
        return Detail("bank account", value, self.place.code, (), (number,), (number,))

    def card(self) -> Detail:
        value = numbers.card(self.rng)
        return Detail("payment card", value, self.place.code, (), (value,), (value, re.sub(r"\D", "", value)))

    def id(self) -> Detail:
        value = self.id_named[1]
        kind = "national id without a check digit" if self.place.code == "en_NG" else "national id"
        return Detail(kind, value, self.place.code, (), (value,), (value, compact(value).upper()))

    @cached_property
    def id_named(self) -> tuple[str, str]:
        name, make = self.rng.choice(numbers.NATIONAL_IDS[self.place.code])
        return name, make(self.rng)

    def paper(self) -> Detail:
        """The number of a passport, a driving licence or a car, with its cue."""
        cue, pattern = self.rng.choice(
            [
                ("passport", "@########"),
                ("passport no.", "@@#######"),
                ("passport number is", "#########"),
                ("driver's license", "@###-####-####"),
                ("driving licence number", f"@@@@@#0{self.rng.randint(1, 9)}1##@@9@@"),
                ("licence plate", "@@5# @@@"),
                ("license plate is", "#@@@###"),
                ("my car's plate:", "@@-##-@@"),
                ("residence permit", "@@@######"),
            ]
        )
        number = numbers.fill(self.rng, pattern)
        return Detail(
            "passport, licence or plate", f"{cue} {number}", self.place.code, (number,), (), (number,)
        )

    def net(self) -> Detail:
        octets = [self.rng.choice([81, 93, 188, 203, 24, 73])] + [self.rng.randint(1, 254) for _ in range(3)]
        groups = [f"{self.rng.randint(0x10, 0xFFFF):x}" for _ in range(6)]
        mac = [f"{self.rng.randint(0, 255):02x}" for _ in range(6)]
        value = self.rng.choice(
            [
                ".".join(map(str, octets)),
                ".".join(map(str, octets)),
                "2a02:" + ":".join([f"{self.rng.randint(0x10, 0xFFFF):x}", *groups]),
                f"2a01:e0a:{groups[0]}::{groups[1]}",
                ":".join(mac),
                "-".join(mac).upper(),
            ]
        )
        return self._detail("IP or MAC address", value, words=[value])

    def url(self) -> Detail:
        slug = f"{plain(self.first)}-{plain(self.last)}-{self.rng.randint(10, 999)}"
        query = f"{plain(self.last)}{self.rng.randint(10, 99)}"
        value, mark = self.rng.choice(
            [
                (f"https://www.linkedin.com/in/{slug}", slug),
                (f"https://www.facebook.com/{slug.replace('-', '.')}", slug.replace("-", ".")),
                (f"http://{self._own_host()}/~{query}/cv.html", query),
                (f"https://forms.example-clinic.org/book?patient={query}&dob=1981-02-03", query),
                (f"www.instagram.com/{query}_{slug[:3]}/", f"{query}_{slug[:3]}"),
                (f"https://drive.google.com/drive/u/0/folders/{slug}?usp=sharing&user={query}", query),
                (f"github.com/{query}/taxes-2023", query),
                (f"https://shop.example.co/orders/{slug}?ref=mail#pay", slug),
            ]
        )
        return self._detail("URL", value, words=[mark])

    def handle(self) -> Detail:
        name = self.rng.choice(
            [
                f"{plain(self.first)}_{plain(self.last)[:5]}{self.rng.randint(1, 99)}",
                f"the.real.{plain(self.first)}{self.rng.randint(100, 999)}",
                f"{plain(self.last)}xo{self.rng.randint(2, 99)}",
                f"xX{self.first.split()[0]}{self.rng.randint(70, 99)}Xx",
            ]
        )
        return Detail("social handle", "@" + name, self.place.code, (name,), (), ("@" + name,))

    def bare_handle(self) -> Detail:
        handle = self.handle()
        return Detail(handle.kind, handle.value[1:], handle.place, handle.words, (), handle.echoes)

    def _secret(self, kind: str, value: str, *pieces: str) -> Detail:
        return Detail(kind, value, self.place.code, (), pieces or (value,), (value,))

    @cached_property
    def key_named(self) -> tuple[str, str]:
        """What the key is called, and the key."""
        return credentials.known_key(self.rng)

    def key(self) -> Detail:
        return self._secret("known key", self.key_named[1])

    def jwt(self) -> Detail:
        value = credentials.jwt(self.rng, f"{plain(self.first)}.{plain(self.last)}")
        return self._secret("JWT", value, *value.split(".")[1:])

    def pem(self) -> Detail:
        value = credentials.private_key(self.rng)
        return Detail("private key", value, self.place.code, (), ("".join(value.split("\n")[1:-1]),), ())

    def token(self) -> Detail:
        return self._secret("generic token", credentials.generic_token(self.rng))

    def aws_secret(self) -> Detail:
        return self._secret("credential in code", credentials.aws_secret(self.rng))

    def password(self) -> Detail:
        value = credentials.password(self.rng)
        return Detail("password after a cue", value, self.place.code, (value,), (), (value,))

    def code_password(self) -> Detail:
        value = credentials.password(self.rng)
        return Detail("credential in code", value, self.place.code, (value,), (), ())

    def dob(self) -> Detail:
        day = dt.date(1940, 1, 1) + dt.timedelta(days=self.rng.randrange(365 * 65))
        month = f"{day:%B}"
        styles = [f"{day:%Y-%m-%d}", f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}"]
        styles.append(f"{day:%m/%d/%Y}" if self.place.code == "en_US" else f"{day:%d.%m.%Y}")
        styles.append(f"{day:%d/%m/%y}")
        value = self.rng.choice(styles)
        return self._detail("date of birth", value, words=[value])

    def record(self) -> Detail:
        pattern = self.rng.choice(
            ["########", "MRN-#######", "@@#####", "K-####-####", "EMP#####", "####/####-@", "C######"]
        )
        number = numbers.fill(self.rng, pattern)
        return Detail("customer, patient or staff number", number, self.place.code, (number,), (), (number,))

    @cached_property
    def wallet_named(self) -> tuple[str, str]:
        """The coin, and the address."""
        return credentials.wallet(self.rng)

    def wallet(self) -> Detail:
        return self._secret("wallet", self.wallet_named[1])

    def gps(self) -> Detail:
        north, east = self.rng.uniform(-55, 65), self.rng.uniform(-120, 140)
        minutes = f"{abs(north):.0f}°{self.rng.randint(0, 59)}'{self.rng.uniform(0, 59):.1f}\"N"
        far = f"{abs(east):.0f}°{self.rng.randint(0, 59)}'{self.rng.uniform(0, 59):.1f}\"E"
        value = self.rng.choice(
            [
                f"{north:.6f}, {east:.6f}",
                f"{north:.5f},{east:.5f}",
                f"lat {north:.5f} lon {east:.5f}",
                f"{minutes} {far}",
            ]
        )
        marks = [part.strip("-,") for part in re.findall(r"\d+\.\d{4,}", value)] or [minutes, far]
        return self._detail("coordinates", value, words=marks)

"""Made-up details of thirteen kinds and ten countries. Written without a look at the rules that have to find them."""

import random
import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from faker import Faker

LOCALES: Final = (
    *("en_US", "en_GB", "de_DE", "fr_FR", "es_ES"),
    *("it_IT", "nl_NL", "pt_BR", "pl_PL", "sv_SE"),
)
KINDS: Final = (
    *("person", "address", "phone", "email", "handle", "url", "ip_address", "mac_address"),
    *("credit_card", "iban", "national_id", "password", "api_key"),
)
# What has a form of its own: nothing of these may pass.
STRUCTURED: Final = frozenset(
    {"email", "url", "ip_address", "mac_address", "credit_card", "iban", "national_id", "phone", "api_key"}
)
_ID_WORDS: Final = {
    "en_US": "social security number",
    "en_GB": "National Insurance number",
    "de_DE": "Steuer-ID",
    "fr_FR": "numéro de sécurité sociale",
    "es_ES": "DNI",
    "it_IT": "codice fiscale",
    "nl_NL": "BSN",
    "pt_BR": "CPF",
    "pl_PL": "PESEL",
    "sv_SE": "personnummer",
}
_GENERIC: Final = frozenset(
    """
    street road avenue lane drive court place square suite flat apartment studio strada calle avenida boulevard chemin
    viale piazza vicolo contrada rotonda borgo incrocio canale stretto plaza paseo pasaje ronda rambla cuesta glorieta
    camino alameda callejón acceso vial urbanización pasadizo cañada travessa praça estrada rodovia largo viela ladeira
    parque setor trevo ulica aleja plac osiedle gatan vägen gränd torget stigen allée impasse passage route terrace
    crescent
    """.split()  # noqa: SIM905 - a block of words reads better
)
_PARTICLES: Final = frozenset({"van", "von", "der", "den", "dos", "das", "del"})


@dataclass(frozen=True)
class Identity:
    """One planted detail, and what must not be found afterwards."""

    kind: str
    locale: str
    value: str
    traces: tuple[str, ...]
    label: str = ""
    """What the person calls it, where that depends on the country."""


class Forger:
    """Makes identities from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._fakes = {}
        for number, locale in enumerate(LOCALES):
            self._fakes[locale] = Faker(locale, use_weighting=False)
            self._fakes[locale].seed_instance(seed * 100 + number)

    def identity(self, kind: str, locale: str) -> Identity:
        """One of a kind and a country."""
        make: Callable[[Faker, str], Identity] = getattr(self, f"_{kind}")
        return make(self._fakes[locale], locale)

    def _person(self, fake: Faker, locale: str) -> Identity:
        name = f"{fake.first_name()} {fake.last_name()}"
        traces = _name_words(name)
        return Identity("person", locale, name, traces)

    def _address(self, fake: Faker, locale: str) -> Identity:
        address = fake.address()
        lines = address.split("\n")
        value = address if self._random.random() < 0.4 else ", ".join(lines)
        words = [word for word in re.findall(r"[^\W\d_]{5,}", lines[0]) if word.lower() not in _GENERIC]
        return Identity("address", locale, value, (*words, lines[0]))

    def _phone(self, fake: Faker, locale: str) -> Identity:
        number = fake.phone_number()
        return Identity("phone", locale, number, _halves(re.sub(r"x[0-9]+$", "", number)))

    def _email(self, fake: Faker, locale: str) -> Identity:
        address = self._random.choice((fake.email, fake.free_email, fake.company_email))()
        return Identity("email", locale, address, (address, address.split("@")[0]))

    def _handle(self, fake: Faker, locale: str) -> Identity:
        name = fake.user_name() + self._random.choice(("", "_", "92", ".x", "_official", "7"))
        value = self._random.choice(("@" + name, "@" + name, name))
        return Identity("handle", locale, value, (name,))

    def _url(self, fake: Faker, locale: str) -> Identity:
        name = fake.user_name()
        value = self._random.choice(
            (
                f"https://www.{fake.domain_name()}/people/{name}",
                f"https://github.com/{name}",
                f"https://{fake.domain_name()}/reset?user={name}&t={self._letters(12)}",
                f"http://{fake.domain_name()}/~{name}/cv.pdf",
                f"linkedin.com/in/{name}",
            )
        )
        return Identity("url", locale, value, (name,))

    def _ip_address(self, fake: Faker, locale: str) -> Identity:
        address = self._random.choice((fake.ipv4_public, fake.ipv4_private, fake.ipv6))()
        return Identity("ip_address", locale, address, (address,))

    def _mac_address(self, fake: Faker, locale: str) -> Identity:
        address = fake.mac_address()
        value = self._random.choice((address, address.upper(), address.replace(":", "-")))
        return Identity("mac_address", locale, value, _halves(value))

    def _credit_card(self, fake: Faker, locale: str) -> Identity:
        number = fake.credit_card_number(self._random.choice(("visa16", "mastercard", "amex", "discover")))
        if self._random.random() < 0.5:
            number = (
                " ".join(re.findall(".{1,4}", number))
                if len(number) == 16
                else f"{number[:4]} {number[4:10]} {number[10:]}"
            )
        return Identity("credit_card", locale, number, _halves(number))

    def _iban(self, fake: Faker, locale: str) -> Identity:
        number = fake.iban() if locale != "en_US" else self._fakes["en_GB"].iban()
        value = number if self._random.random() < 0.5 else " ".join(re.findall(".{1,4}", number))
        return Identity("iban", locale, value, _halves(value))

    def _national_id(self, fake: Faker, locale: str) -> Identity:
        if locale == "de_DE":
            number = (
                fake.numerify("%# ### ### ###")
                if self._random.random() < 0.5
                else fake.numerify("%##########")
            )
        elif locale == "pt_BR":
            number = fake.cpf()
        elif locale == "es_ES":
            number = fake.nif()
        elif locale == "pl_PL":
            number = fake.pesel()
        else:
            number = fake.ssn()
        return Identity("national_id", locale, number, _halves(number), _ID_WORDS[locale])

    def _password(self, fake: Faker, locale: str) -> Identity:
        value = self._random.choice(
            (
                fake.password(length=self._random.randint(8, 14)).strip("\"'`.,;:!?()[]{}<>"),
                fake.first_name().lower() + str(self._random.randint(10, 2020)),
                fake.word().capitalize() + self._random.choice("!#$%") + str(self._random.randint(1, 999)),
                f"{fake.word()}-{fake.word()}-{self._random.randint(10, 99)}",
            )
        )
        return Identity("password", locale, value, (value,))

    def _api_key(self, fake: Faker, locale: str) -> Identity:
        value = self._random.choice(
            (
                "sk-" + self._letters(48),
                "sk-proj-" + self._letters(60),
                "sk-ant-api03-" + self._letters(80),
                "ghp_" + self._letters(36),
                "github_pat_" + self._letters(22) + "_" + self._letters(59),
                "glpat-" + self._letters(20),
                "AKIA" + "".join(self._random.choices(string.ascii_uppercase + "234567", k=16)),
                "AIza" + self._letters(35),
                "xoxb-" + "".join(self._random.choices(string.digits, k=12)) + "-" + self._letters(24),
                "sk_live_" + self._letters(24),
                "hf_" + self._letters(34),
                "npm_" + self._letters(36),
                "SG." + self._letters(22) + "." + self._letters(43),
                "eyJhbGciOiJIUzI1NiJ9." + self._letters(40) + "." + self._letters(43),
            )
        )
        return Identity("api_key", locale, value, _halves(value))

    def strange_key(self) -> Identity:
        """A key of a shape that nobody uses."""
        prefix = "".join(self._random.choices(string.ascii_lowercase, k=self._random.randint(2, 6)))
        value = self._random.choice(
            (
                f"{prefix}_{self._letters(32)}",
                f"{prefix}-{self._random.choice(('prod', 'live', 'v2'))}-{self._letters(24)}",
                self._letters(40),
                "".join(self._random.choices("0123456789abcdef", k=self._random.choice((32, 40, 64)))),
                f"{prefix}.{self._letters(30)}",
            )
        )
        return Identity("strange_key", "en_US", value, _halves(value))

    def _letters(self, count: int) -> str:
        return "".join(self._random.choices(string.ascii_letters + string.digits, k=count))


def _halves(value: str) -> tuple[str, ...]:
    middle = len(value) // 2
    return value, value[:middle].strip(" -().") or value, value[middle:].strip(" -().") or value


def _name_words(name: str) -> tuple[str, ...]:
    words = re.findall(r"[^\W\d_]+", name)
    return tuple(word for word in words if len(word) > 2 and word.lower() not in _PARTICLES)

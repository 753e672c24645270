"""What a sentence calls a detail by, between angle brackets."""

from collections.abc import Callable
from typing import Final

from tests.redaction_report.independent.details import Detail
from tests.redaction_report.independent.persona import Persona

FIELDS: Final[dict[str, Callable[[Persona], Detail]]] = {
    "full": Persona.full,
    "lastfirst": Persona.last_first,
    "titled": Persona.titled,
    "initials": Persona.initials,
    "first": Persona.given,
    "email": Persona.email,
    "obfuscated": Persona.obfuscated,
    "phone": Persona.phone,
    "street": Persona.street,
    "address": Persona.address,
    "flat": Persona.flat,
    "block": Persona.block,
    "postal": Persona.postal,
    "iban": Persona.iban,
    "account": Persona.account,
    "card": Persona.card,
    "id": Persona.id,
    "paper": Persona.paper,
    "net": Persona.net,
    "url": Persona.url,
    "handle": Persona.handle,
    "barehandle": Persona.bare_handle,
    "key": Persona.key,
    "jwt": Persona.jwt,
    "pem": Persona.pem,
    "token": Persona.token,
    "awssecret": Persona.aws_secret,
    "password": Persona.password,
    "codepass": Persona.code_password,
    "dob": Persona.dob,
    "record": Persona.record,
    "wallet": Persona.wallet,
    "gps": Persona.gps,
}


# What else a sentence may need to know, and what leads to nobody.
WORDS: Final[dict[str, Callable[[Persona], str]]] = {
    "idname": lambda persona: persona.id_named[0],
    "keyname": lambda persona: persona.key_named[0],
    "coin": lambda persona: persona.wallet_named[0],
    "town": lambda persona: persona.town,
    "country": lambda persona: persona.place.country,
}

"""Finds the public keys that an export's signature is checked with."""

from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import click

from app.core.errors import StartRefused
from app.privacy.keyring import Keyring
from app.privacy.signatures import PublicKey, PublicKeyUnreadable, published_keys, read_public_keys

_SECONDS: Final = 30.0
_MOST_BYTES: Final = 1024 * 1024


def trusted_keys(source: str | None, own: Callable[[], Keyring]) -> list[PublicKey]:
    """The keys in a file or at an address, or else this installation's own. ClickException says what is wrong."""
    if source is None:
        try:
            return [published.key for published in published_keys(own())]
        except StartRefused:
            raise click.ClickException(
                "There is no key ring here to check the signature with. Give --public-key FILE or URL: the service "
                "that made the export has it at /.well-known/pairvote-export-keys.json. Or say --no-signature."
            ) from None
    try:
        return read_public_keys(_text(source))
    except PublicKeyUnreadable as error:
        raise click.ClickException(str(error)) from None
    except (OSError, ValueError) as error:
        raise click.ClickException(f"The public key cannot be read ({type(error).__name__}).") from None


def _text(source: str) -> str:
    if urlsplit(source).scheme not in ("http", "https"):
        return Path(source).read_text(encoding="utf-8")
    try:
        # Only these two schemes: what the library opens besides would be files of this machine.
        with urlopen(source, timeout=_SECONDS) as answer:  # noqa: S310
            return str(answer.read(_MOST_BYTES), "utf-8")
    except URLError as error:
        raise click.ClickException(f"The public key cannot be fetched ({error.reason}).") from None

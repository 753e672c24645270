"""Addresses that exports are read from and written to: what they may be, and what must never stand in them."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

# Part of a path in an export. What we write is called no otherwise, and nothing else is opened or asked for.
_PATH: Final = re.compile(r"[A-Za-z0-9._/-]{1,200}", re.ASCII)
_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "file": {"auto_mkdir": True},
    # A store that is down is told of in seconds; the library would wait for minutes.
    "s3": {"config_kwargs": {"connect_timeout": 5, "read_timeout": 30, "retries": {"max_attempts": 2}}},
}
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE | re.ASCII)


class AddressRefused(ValueError):
    """The address cannot be used; the message is a sentence that does not repeat it."""


def is_address(text: str) -> bool:
    """Whether a text is an address and not a folder of this machine."""
    return _SCHEME.match(text) is not None


def is_safe_path(path: str) -> bool:
    """Whether a path stays in its folder on every system and every store."""
    return _PATH.fullmatch(path) is not None and not {"", ".", ".."} & set(path.split("/"))


def check_address(address: str) -> None:
    """Refuses an address that carries a secret, or that fsspec would take for a chain of file systems."""
    if "::" in address or not address.isprintable() or " " in address:
        raise AddressRefused("An address is one URL, without spaces and without `::`.")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise AddressRefused("That is not a URL.") from None
    if not is_address(address):
        raise AddressRefused("An address begins with its kind, such as https:// or s3://.")
    if "@" in parts.netloc:
        raise AddressRefused(
            "A user name or a password must not stand in an address, where logs and lists of processes show it. "
            "Credentials are read from the environment, as fsspec and boto do."
        )
    if parts.query or parts.fragment:
        raise AddressRefused("The address of a folder has no `?` and no `#`.")
    if parts.scheme != "file" and not parts.netloc:
        raise AddressRefused("The address names no host, or no bucket.")
    if port == 0:
        raise AddressRefused("That is not a URL.")


def open_store(address: str) -> tuple[Any, str]:
    """fsspec's file system of an address, and the folder in it. AddressRefused."""
    check_address(address)
    # Takes a while to load, with the library of the store behind it: only for who uses one.
    import fsspec  # noqa: PLC0415

    try:
        options = _OPTIONS.get(urlsplit(address).scheme, {})
        # An instance of one's own: one that is shared keeps the credentials it was made with.
        store, root = fsspec.core.url_to_fs(
            address, use_listings_cache=False, skip_instance_cache=True, **options
        )
    except ImportError:
        raise AddressRefused(
            f"The library for {urlsplit(address).scheme}:// is not installed; for s3://, `make install-s3` does that."
        ) from None
    except ValueError:
        raise AddressRefused("There is no such kind of address.") from None
    return store, str(root).rstrip("/")

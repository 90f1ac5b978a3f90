"""The environment, typed: which folders a run works on and how much is allowed.

What lies in a folder is named in `pipelines.paths`. An argument wins over the environment, the environment over the
default. In a checkout raw/ and warehouse/ are those of the checkout; an installed fazhi takes the current folder.

| variable                | meaning                                            | default               |
|-------------------------|----------------------------------------------------|-----------------------|
| `FAZHI_RAW`             | folder whose files are the reports                 | `raw/`                |
| `FAZHI_WAREHOUSE`       | folder that is built                               | `warehouse/`          |
| `DAGSTER_HOME`          | where Dagster keeps its runs                       | WAREHOUSE/`.dagster`  |
| `FAZHI_MAX_BYTES`       | a larger file is not read but quarantined          | 20000000              |
| `FAZHI_PROCESSES`       | worker processes for large batches                 | the number of cores   |
| `FAZHI_CLUSTER`         | scheduler whose workers work, tls://host:8786      | none: this machine    |
| `FAZHI_CLUSTER_CA`      | file with the certificate of who signs the others  | none                  |
| `FAZHI_CLUSTER_CERT`    | file with the certificate of this machine          | none                  |
| `FAZHI_CLUSTER_KEY`     | file with its key                                  | none                  |
| `FAZHI_BATCH_SECONDS`   | a worker that has a batch for longer is ended      | 1800                  |
| `FAZHI_OCR_PAGES`       | so many scanned pages are read in a run, 0: none   | 2000                  |
| `FAZHI_CONTACT`         | mail or web address that sites see when we fetch   | none: nothing fetched |
| `FAZHI_FETCH_HOSTS`     | sites that are fetched from at the same time       | 8                     |
| `FAZHI_FETCH_SECONDS`   | a file that takes longer is not fetched            | 60                    |
| `FAZHI_FETCH_HOURS`     | after so long a nightly run builds, fetched or not | 4                     |
| `FAZHI_FETCH_PRIVATE`   | 1 allows private addresses and no delay, for tests | 0                     |
| `FAZHI_RELEASES`        | so many of the last releases are kept              | 7                     |
| `FAZHI_EXPORTS`         | formats that each run exports, with commas between | parquet,csv,xlsx,dta  |
| `FAZHI_WEBHOOK`         | web address that each run's summary is posted to   | none: nothing posted  |
| `FAZHI_WEBHOOK_KIND`    | feishu, dingtalk, wecom or json                    | json                  |
| `FAZHI_WEBHOOK_SECRET`  | what messages are signed with; never shown         | none: not signed      |
| `FAZHI_LOG`             | debug, info, warning or error: what stderr shows   | warning               |
| `FAZHI_ALLOW_SHRINKING` | 1 lets a release lose more than half its reports   | 0                     |
| `FAZHI_WEB_PASSWORD`    | the workbench asks for it on another host          | none is asked for     |
| `FAZHI_WEB_HOSTS`       | further names of the workbench, such as a proxy's  | none                  |
| `FAZHI_WEB_URL`         | the workbench's address in links of Dagster's UI   | this machine, 8300    |
"""

import ipaddress
import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from pipelines import paths
from pipelines.errors import FazhiError
from pipelines.paths import DAGSTER, RAW, WAREHOUSE, Folders, default_folder

DEFAULT_MAX_BYTES = 20_000_000
DEFAULT_BATCH_SECONDS = 1800
DEFAULT_FETCH_HOSTS = 8
DEFAULT_FETCH_SECONDS = 60
DEFAULT_FETCH_HOURS = 4.0
ExportFormat = Literal["parquet", "csv", "xlsx", "dta"]
EXPORT_FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
WEBHOOK_KINDS = ("feishu", "dingtalk", "wecom", "json")
DEFAULT_RELEASES = 7
DEFAULT_WEB_URL = "http://127.0.0.1:8300"
DEFAULT_OCR_PAGES = 2000
LOG_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class SettingsError(FazhiError):
    """A folder or limit cannot be used; the message says which, why, and what to do."""


@dataclass(frozen=True)
class ClusterAddress:
    """Where a scheduler listens, as Dask writes it, and the three TLS files; None for plain TCP on this machine."""

    address: str
    host: str
    port: int
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None

    @property
    def is_tls(self) -> bool:
        """Whether both sides show a certificate."""
        return self.ca is not None


@dataclass(frozen=True)
class Settings(Folders):
    """Folders (absolute) and limits of one run. `max_bytes` is in bytes; seconds and hours are what they say.

    `assumed` names the folders (`raw`, `warehouse`) that nobody gave, where that is the current folder's. `today` is
    the day (UTC) on which they were loaded: a run asks the clock once.
    """

    assumed: frozenset[str] = frozenset()
    max_bytes: int = DEFAULT_MAX_BYTES
    processes: int = 1
    cluster: "ClusterAddress | None" = None
    batch_seconds: int = DEFAULT_BATCH_SECONDS
    ocr_pages: int = DEFAULT_OCR_PAGES
    contact: str = ""
    fetch_hosts: int = DEFAULT_FETCH_HOSTS
    fetch_seconds: int = DEFAULT_FETCH_SECONDS
    fetch_hours: float = DEFAULT_FETCH_HOURS
    fetch_private: bool = False
    export_formats: tuple[str, ...] = EXPORT_FORMATS
    webhook: str = field(default="", repr=False)  # holds the bot's token
    webhook_kind: str = "json"
    webhook_secret: str = field(default="", repr=False)
    allow_shrinking: bool = False
    web_password: str = field(default="", repr=False)
    web_hosts: frozenset[str] = frozenset()
    web_url: str = DEFAULT_WEB_URL
    keep_releases: int = DEFAULT_RELEASES
    today: date = field(default_factory=lambda: datetime.now(UTC).date(), compare=False)

    @classmethod
    def load(
        cls,
        raw_dir: str | os.PathLike[str] | None = None,
        warehouse_dir: str | os.PathLike[str] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> "Settings":
        """Settings from arguments where given, else from `environ` (default: the process's), else the defaults.

        Raises SettingsError for a limit that is not the number that it must be. Folders need not exist yet.
        """
        env = os.environ if environ is None else environ
        given = {RAW: (raw_dir, env.get("FAZHI_RAW")), WAREHOUSE: (warehouse_dir, env.get("FAZHI_WAREHOUSE"))}
        warehouse = _folder(*given[WAREHOUSE], default_folder(WAREHOUSE))
        return cls(
            raw_dir=_folder(*given[RAW], default_folder(RAW)),
            warehouse_dir=warehouse,
            dagster_home=_folder(None, env.get("DAGSTER_HOME"), warehouse / DAGSTER),
            assumed=frozenset(name for name, values in given.items() if not paths.IN_CHECKOUT and not any(values)),
            max_bytes=_positive(env, "FAZHI_MAX_BYTES", DEFAULT_MAX_BYTES),
            processes=_positive(env, "FAZHI_PROCESSES", os.cpu_count() or 1),
            cluster=cluster_address(address, env) if (address := env.get("FAZHI_CLUSTER", "").strip()) else None,
            batch_seconds=_positive(env, "FAZHI_BATCH_SECONDS", DEFAULT_BATCH_SECONDS),
            ocr_pages=_count(env, "FAZHI_OCR_PAGES", DEFAULT_OCR_PAGES),
            contact=_contact(env),
            fetch_hosts=_positive(env, "FAZHI_FETCH_HOSTS", DEFAULT_FETCH_HOSTS),
            fetch_seconds=_positive(env, "FAZHI_FETCH_SECONDS", DEFAULT_FETCH_SECONDS),
            fetch_hours=_hours(env, "FAZHI_FETCH_HOURS", DEFAULT_FETCH_HOURS),
            fetch_private=_switch(env, "FAZHI_FETCH_PRIVATE"),
            export_formats=_formats(env),
            webhook=_webhook(env),
            webhook_kind=_webhook_kind(env),
            webhook_secret=env.get("FAZHI_WEBHOOK_SECRET", "").strip(),
            allow_shrinking=_switch(env, "FAZHI_ALLOW_SHRINKING"),
            web_password=env.get("FAZHI_WEB_PASSWORD", ""),
            web_hosts=_names(env, "FAZHI_WEB_HOSTS"),
            web_url=_web_url(env),
            keep_releases=_positive(env, "FAZHI_RELEASES", DEFAULT_RELEASES),
        )

    @property
    def user_agent(self) -> str:
        """How we introduce ourselves to sites. Raises SettingsError where there is no contact to name."""
        if not self.contact:
            raise SettingsError(
                "FAZHI_CONTACT is not set, and sites must know whom to ask; set it to your mail address or web page"
            )
        from importlib.metadata import PackageNotFoundError, version  # slow to import

        try:
            release = version("fazhi")
        except PackageNotFoundError:  # run from a folder that was not installed
            release = "0"
        return f"fazhi/{release} (+{self.contact})"

    def check_folders(self) -> None:
        """Raise SettingsError unless the raw folder can be listed and the warehouse folder can be written."""
        if not self.raw_dir.is_dir():
            found = "is a file" if self.raw_dir.exists() else "does not exist"
            raise SettingsError(f"raw folder {self.raw_dir} {found}; give the folder that holds the reports with --raw")
        if not os.access(self.raw_dir, os.R_OK | os.X_OK):
            raise SettingsError(f"raw folder {self.raw_dir} cannot be read; give yourself the right to read it")
        for folder, name in ((self.warehouse_dir, "--warehouse"), (self.dagster_home, "DAGSTER_HOME")):
            # what a run writes must not be found as reports by the next; hidden folders are never looked into
            if folder.is_relative_to(self.raw_dir) and not _is_hidden(folder.relative_to(self.raw_dir)):
                raise SettingsError(f"folder {folder} lies in the raw folder {self.raw_dir}; give another with {name}")
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                reason = error.strerror or type(error).__name__
                raise SettingsError(f"folder {folder} cannot be made ({reason}); give another with {name}") from error
            if not os.access(folder, os.W_OK | os.X_OK):
                raise SettingsError(f"folder {folder} cannot be written; give another with {name}")


def cluster_address(text: str, environ: Mapping[str, str]) -> ClusterAddress:
    """The address of a scheduler: `tls://HOST:PORT` with three files, or `tcp://` and an address of this machine.

    Raises SettingsError. Who speaks to a scheduler runs code on all its machines, so no other host without TLS.
    """
    expected = "expected tls://HOST:PORT, or tcp://127.0.0.1:PORT on this machine"
    try:
        parts = urlsplit(text)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        scheme, host, port = "", "", None
    if scheme not in ("tcp", "tls") or not host or not port:
        raise SettingsError(f"the address of the cluster is {text!r}, {expected}")
    if scheme == "tcp":
        if not _is_this_machine(host):
            raise SettingsError(
                f"the address of the cluster is {text!r}, which is another host without TLS; {expected}"
            )
        return ClusterAddress(text, host, port)
    files = []
    for name in ("FAZHI_CLUSTER_CA", "FAZHI_CLUSTER_CERT", "FAZHI_CLUSTER_KEY"):
        path = Path(os.path.abspath(Path(environ.get(name, "").strip()).expanduser()))  # noqa: PTH100 (keeps links)
        if not environ.get(name, "").strip():
            raise SettingsError(f"{name} is not set, and the cluster {text} needs it; name a PEM file")
        if not path.is_file() or not os.access(path, os.R_OK):
            raise SettingsError(f"{name} is {path}, which is no file that can be read; name a PEM file")
        files.append(path)
    return ClusterAddress(text, host, port, *files)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def log_level(environ: Mapping[str, str]) -> int:
    """The level of FAZHI_LOG, as `logging` numbers it. Raises SettingsError for a word that is no level."""
    word = environ.get("FAZHI_LOG", "").strip().lower() or "warning"
    if word not in LOG_LEVELS:
        raise SettingsError(f"FAZHI_LOG is {word!r}, expected one of {', '.join(LOG_LEVELS)}")
    return LOG_LEVELS[word]


def _folder(given: str | os.PathLike[str] | None, variable: str | None, default: Path) -> Path:
    """The first that is set, as an absolute path; links are kept, so that messages show what the user typed."""
    if given is not None and not str(given):
        raise SettingsError("a folder was given as an empty text; name the folder, or leave the option out")
    return Path(os.path.abspath(Path(given or variable or default).expanduser()))  # noqa: PTH100 (keeps links)


def _is_hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)


def _contact(env: Mapping[str, str]) -> str:
    text = env.get("FAZHI_CONTACT", "").strip()
    if text and not (text.isascii() and text.isprintable() and ("@" in text or "://" in text)):
        raise SettingsError(f"FAZHI_CONTACT is {text!r}, expected a mail address or the address of a web page")
    return text


def _formats(env: Mapping[str, str]) -> tuple[str, ...]:
    text = env.get("FAZHI_EXPORTS", "").strip()
    formats = tuple(dict.fromkeys(part.strip().lower() for part in text.split(","))) if text else EXPORT_FORMATS
    if unknown := [form for form in formats if form not in EXPORT_FORMATS]:
        raise SettingsError(f"FAZHI_EXPORTS names {unknown[0]!r}, expected some of {','.join(EXPORT_FORMATS)}")
    return formats


def _names(env: Mapping[str, str], name: str) -> frozenset[str]:
    return frozenset(part.strip().lower() for part in env.get(name, "").split(",") if part.strip())


def _web_url(env: Mapping[str, str]) -> str:
    address = env.get("FAZHI_WEB_URL", "").strip().rstrip("/") or DEFAULT_WEB_URL
    if not address.startswith(("http://", "https://")):
        raise SettingsError(f"FAZHI_WEB_URL is {address!r}, expected an address with http:// or https://")
    return address


def _webhook(env: Mapping[str, str]) -> str:
    """The address of the bot; no message repeats it, because whoever knows it can post."""
    address = env.get("FAZHI_WEBHOOK", "").strip()
    try:
        is_usable = urlsplit(address).scheme in ("http", "https") and bool(urlsplit(address).hostname)
    except ValueError:
        is_usable = False
    if address and not is_usable:
        raise SettingsError("FAZHI_WEBHOOK is no web address, expected one with https:// as the bot's page shows it")
    return address


def _webhook_kind(env: Mapping[str, str]) -> str:
    kind = env.get("FAZHI_WEBHOOK_KIND", "").strip().lower() or "json"
    if kind not in WEBHOOK_KINDS:
        raise SettingsError(f"FAZHI_WEBHOOK_KIND is {kind!r}, expected one of {', '.join(WEBHOOK_KINDS)}")
    if kind == "wecom" and env.get("FAZHI_WEBHOOK_SECRET", "").strip():
        raise SettingsError("FAZHI_WEBHOOK_SECRET is set, but bots of WeCom take no signature; unset it")
    return kind


def _switch(env: Mapping[str, str], name: str) -> bool:
    text = env.get(name, "").strip()
    if text not in ("", "0", "1"):
        raise SettingsError(f"{name} is {text!r}, expected 0 or 1; correct it or unset it")
    return text == "1"


def _positive(env: Mapping[str, str], name: str, default: int) -> int:
    number = _count(env, name, default, "a whole number above 0")
    if number == 0:
        raise SettingsError(f"{name} is '0', expected a whole number above 0; correct it or unset it")
    return number


def _hours(env: Mapping[str, str], name: str, default: float) -> float:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text):
        raise SettingsError(f"{name} is {text!r}, expected a number of hours such as 4 or 0.5; correct it or unset it")
    return float(text)


def _count(env: Mapping[str, str], name: str, default: int, expected: str = "a whole number") -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit():
        raise SettingsError(f"{name} is {text!r}, expected {expected}; correct it or unset it")
    return int(text)

"""Where releases are published: a bucket of an S3 service or a plain folder, both through obstore.

Below the address lie `releases/RELEASE_ID/` with the files of each release, and `CURRENT`, which names the one that
readers take. Nothing of ours keeps a secret: keys come from the variables and files that the tools of AWS read.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from filelock import FileLock

from pipelines.warehouse.publish_problems import REPLACED, TargetError

if TYPE_CHECKING:
    from obstore.store import LocalStore, S3Config, S3Credential, S3CredentialProvider, S3Store

INSTALL = "pip install 'fazhi[s3]'"
ALLOWED = "s3://BUCKET/PREFIX, file:///FOLDER, or the path of a folder"
CURRENT = "CURRENT"
RELEASES = "releases"
_SHA = "sha256"  # kept with each object of a bucket; a folder has no place for it
_LEAST_CHUNK, _MOST_CHUNKS = 8_000_000, 9_000  # bytes; S3 takes 10,000 parts
_NO_KEY = "no key for {} was found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
_PATIENCE: Any = {"max_retries": 5, "retry_timeout": timedelta(seconds=60)}
_CLIENT: Any = {
    "allow_http": True,  # for an endpoint that the user gives as http://; others are https
    "connect_timeout": timedelta(seconds=10),
    "timeout": timedelta(minutes=10),  # of one part, over a slow line
}


@dataclass(frozen=True)
class Pointer:
    """What `CURRENT` holds: the id of a release, empty if nothing was published yet; and the version of the object."""

    release_id: str = ""
    e_tag: str | None = None


@dataclass(frozen=True)
class PublishTarget:
    """The place behind an address. `folder` is None for a bucket. Methods raise what obstore raises."""

    address: str
    store: "S3Store | LocalStore"
    folder: Path | None = None

    def releases(self) -> list[str]:
        """The names of the folders below `releases/`, whole or not."""
        from obstore import list_with_delimiter

        return [path.rpartition("/")[2] for path in list_with_delimiter(self.store, RELEASES)["common_prefixes"]]

    def sizes(self, release_id: str) -> dict[str, int]:
        """The files of a release that are there, by name, with their bytes."""
        from obstore import list as list_objects

        start = f"{RELEASES}/{release_id}/"
        found = list_objects(self.store, start)
        return {meta["path"].removeprefix(start): meta["size"] for chunk in found for meta in chunk}

    def hash_of(self, release_id: str, name: str) -> str:
        """The SHA-256 of a file that is there: as it was noted when the file was sent, else of its bytes."""
        from obstore import get

        path = f"{RELEASES}/{release_id}/{name}"
        if noted := get(self.store, path, options={"head": True}).attributes.get(_SHA):
            return noted
        digest = hashlib.sha256()
        for chunk in get(self.store, path):
            digest.update(chunk)
        return digest.hexdigest()

    def send(self, release_id: str, name: str, file: Path, sha256: str) -> None:
        """Send a file. The object is there as a whole or not at all. Raises TargetError if its bytes are others."""
        from obstore import put

        path = f"{RELEASES}/{release_id}/{name}"
        noted = {_SHA: sha256} if self.folder is None else None
        # Opened once: another release may take the place of the file while this one is sent.
        with file.open("rb") as opened:
            if hashlib.file_digest(opened, "sha256").hexdigest() != sha256:
                raise TargetError(REPLACED)
            chunk = max(_LEAST_CHUNK, opened.tell() // _MOST_CHUNKS)
            opened.seek(0)
            put(self.store, path, opened, attributes=noted, chunk_size=chunk, max_concurrency=4)

    def copy(self, name: str, old: str, new: str) -> bool:
        """Give the release `new` the file of the release `old`, without sending it. False if the service cannot."""
        from obstore import copy
        from obstore.exceptions import BaseError

        try:
            copy(self.store, f"{RELEASES}/{old}/{name}", f"{RELEASES}/{new}/{name}")
        except (BaseError, OSError, NotImplementedError):  # too large, or a folder without hard links: then it is sent
            return False
        return True

    def remove(self, release_id: str) -> None:
        """Remove the files of a release."""
        from obstore import delete

        if self.folder is not None:
            shutil.rmtree(self.folder / RELEASES / release_id)
        elif names := list(self.sizes(release_id)):
            delete(self.store, [f"{RELEASES}/{release_id}/{name}" for name in names])

    def current(self) -> Pointer:
        """Which release readers take."""
        from obstore import get

        try:
            found = get(self.store, CURRENT)
        except FileNotFoundError:
            return Pointer()
        return Pointer(bytes(found.bytes()).decode(errors="replace").strip(), found.meta["e_tag"])

    def point_at(self, release_id: str, before: Pointer) -> bool:
        """Let readers take another release if `CURRENT` is what it was `before`; else do nothing and return False.

        A service compares and writes in one step. A folder has no such step, so a lock is held for both.
        """
        from obstore import put
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        text = f"{release_id}\n".encode()
        if self.folder is not None:
            with FileLock(self.folder / f".{CURRENT}.lock"):
                is_same = self.current() == before
                if is_same:
                    put(self.store, CURRENT, text)
                return is_same
        try:
            mode: Any = {"e_tag": before.e_tag} if before.e_tag else "create"
            put(
                self.store,
                CURRENT,
                text,
                mode=mode,
                attributes={"Content-Type": "text/plain", "Cache-Control": "no-cache"},
            )
        except (AlreadyExistsError, PreconditionError):
            return False
        return True


def open_target(address: str, forbidden: Sequence[Path] = ()) -> PublishTarget:
    """The target at `address`. A folder may not lie in one of `forbidden`, nor hold it. Nothing is asked of a service.

    Raises TargetError for another kind of address, a folder that cannot be written, a missing key or package.
    """
    kind, mark, rest = address.partition("://")
    if mark and kind not in ("s3", "file"):
        raise TargetError(f"{kind}:// is no kind of address that can be published to; give {ALLOWED}")
    if kind == "s3" and mark:
        return _bucket(rest)
    if mark and not rest.startswith("/"):
        raise TargetError(f"{address} names a host, expected none; give {ALLOWED}")
    return _folder(Path(unquote(rest) if mark else address).expanduser().resolve(), forbidden)


def _folder(folder: Path, forbidden: Sequence[Path]) -> PublishTarget:
    if not folder.is_dir():  # it is not made: a share that is not mounted would be filled here
        found = "is a file" if folder.exists() else "does not exist"
        raise TargetError(f"folder {folder} {found}; make the folder, or mount the share that holds it")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise TargetError(f"folder {folder} cannot be written; give yourself the right to write there")
    for other in forbidden:
        if folder.is_relative_to(other.resolve()):
            raise TargetError(f"folder {folder} lies in {other}, where fazhi itself writes; give another folder")
    try:
        from obstore.store import LocalStore
    except ImportError as error:
        raise TargetError(f"obstore is not installed; install it with {INSTALL}") from error
    return PublishTarget(str(folder), LocalStore(folder), folder)


def _bucket(rest: str) -> PublishTarget:
    """The bucket of `BUCKET/PREFIX`. A message does not repeat an address that may hold a key."""
    bucket, _, prefix = rest.partition("/")
    prefix = prefix.strip("/")
    if not re.fullmatch(r"[\w.-]+", bucket, re.ASCII):
        raise TargetError(f"the address names no bucket; give {ALLOWED}")
    if prefix and any(part in ("", ".", "..") for part in prefix.split("/")):
        raise TargetError(f"the prefix {prefix} has an empty part or one of dots; give s3://{bucket}/PREFIX")
    address = f"s3://{bucket}/{prefix}".rstrip("/")
    try:
        from obstore.store import S3Store

        provider, config = _keys(address)
    except ImportError as error:
        raise TargetError(f"obstore and botocore are not both installed; install them with {INSTALL}") from error
    store = S3Store(
        bucket,
        prefix=prefix or None,
        config=config,
        client_options=_CLIENT,
        retry_config=_PATIENCE,
        credential_provider=provider,
    )
    return PublishTarget(address, store)


def _keys(address: str) -> tuple["S3CredentialProvider", "S3Config"]:
    """Where keys come from, and what the profile says of region and endpoint. obstore reads the variables itself."""
    from botocore.exceptions import BotoCoreError
    from botocore.session import get_session

    try:
        session = get_session()
        credentials = session.get_credentials()
        profile: Mapping[str, str] = session.get_scoped_config()
    except BotoCoreError as error:
        raise TargetError(f"the settings of AWS cannot be used ({error}); correct AWS_PROFILE or its files") from error
    if credentials is None:
        raise TargetError(_NO_KEY.format(address))

    def provide() -> "S3Credential":
        key = credentials.get_frozen_credentials()  # botocore renews those that expire
        return {
            "access_key_id": key.access_key,
            "secret_access_key": key.secret_key,
            "token": key.token,
            "expires_at": datetime.now(UTC) + timedelta(minutes=10),
        }

    config: S3Config = {}
    if "region" in profile and not {"AWS_REGION", "AWS_DEFAULT_REGION"} & os.environ.keys():
        config["region"] = profile["region"]
    if "endpoint_url" in profile and not {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"} & os.environ.keys():
        config["endpoint"] = profile["endpoint_url"]
    return provide, config

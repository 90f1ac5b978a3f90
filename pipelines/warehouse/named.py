"""Which release file a name on the command line stands for."""

from pathlib import Path

from pipelines.settings import Settings
from pipelines.warehouse.query import QueryError, query


class UnknownRelease(LookupError):
    """No release, or more than one, goes by the name; the message is one line that says which there are."""


def release_file(settings: Settings, name: str) -> Path:
    """The file of `current`, `previous` (the one before it), a release_id or its beginning, or of a path to a file.

    Raises UnknownRelease.
    """
    if name == "current":
        return settings.release_path
    kept = sorted(settings.releases_dir.glob("*.duckdb"))
    if name == "previous":
        before = [path for path in kept if path.stem < _current_id(settings)]
        if not before:
            raise UnknownRelease(f"no release before the current one is kept in {settings.releases_dir}")
        return before[-1]
    if name.endswith(".duckdb"):
        return Path(name)
    found = [path for path in kept if name and path.stem.startswith(name)]
    if len(found) == 1:
        return found[0]
    among = ", ".join(path.stem for path in (found or kept)) or "none"
    many = f"{len(found)} releases begin with" if found else f"no release in {settings.releases_dir} begins with"
    raise UnknownRelease(f"{many} {name!r}; name one of them: {among}")


def _current_id(settings: Settings) -> str:
    try:
        return query(settings.release_path, "SELECT release_id FROM release").rows[0][0]
    except QueryError as error:
        raise UnknownRelease(str(error)) from error

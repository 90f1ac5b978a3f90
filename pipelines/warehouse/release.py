"""The release: one DuckDB file, built from the Parquet tables, audited, and only then given its name.

Only this module writes a release. A release is always a new file: a published file is never opened for writing, and
readers see the old one until the new one is complete. The rules stand in `sql/checks`. `kept_releases` handles the
releases that are there.
"""

import hashlib
import os
import uuid
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines.build.answers import HASHES
from pipelines.build.database import connect
from pipelines.build.ledger import Ledger, LedgerEntry
from pipelines.build.run_lock import is_alive
from pipelines.errors import FazhiError
from pipelines.warehouse.assembly import Assembly, AssemblyError, comment
from pipelines.warehouse.check_results import AuditError, CheckResult
from pipelines.warehouse.check_runner import CheckError, run_checks, run_rules_on
from pipelines.warehouse.checks import rules_of
from pipelines.warehouse.kept_releases import Kept, ReleaseError, describe, forget, kept, make_current
from pipelines.warehouse.model import TableSpec, connect_empty
from pipelines.warehouse.release_file import log_of
from pipelines.warehouse.table_build import BuildError, Built, inspect

VERSIONS = ("codebook_version", "engine_version", "reader_version", "identifier_version")
KEEP = 7
OWN_TABLES = ("release", "release_table", "release_part")
_LAST = "last release"  # the name under which the ledger keeps the id of the release that was published last


class PublishError(FazhiError):
    """A release cannot be built or read back. The message gives the reason and what to do."""


@dataclass(frozen=True)
class Release:
    """A published release: the file that readers open, its id, its rows by table, and when it was built (UTC).

    `reused` is True if the release that was published last already holds the same data; then no file was built.
    `current` is the id of the release that readers see. It differs from `release_id` if a person went back and nothing
    is new since then. `before` is the file of the release that was published before this one, None if there is none.
    """

    path: Path
    release_id: str
    counts: Mapping[str, int]
    built_at: datetime
    reused: bool = False
    current: str = ""
    before: Path | None = None


@dataclass(frozen=True)
class _Inputs:
    """What a release is made of: versions, hashes of the inputs and the SQL, the tables, the hash of their content."""

    versions: Mapping[str, str]
    inputs_sha256: str
    sql_sha256: str
    tables: Mapping[str, Built]
    content_sha256: str

    @property
    def own_counts(self) -> dict[str, int]:
        """The rows of the tables that are about the release itself."""
        parts = sum(len(table.parts) for table in self.tables.values())
        return dict(zip(OWN_TABLES, (1, len(self.tables), parts), strict=True))


def publish(
    specs: Mapping[str, TableSpec],
    tables_dir: Path,
    release_path: Path,
    ledger: Ledger,
    *,
    inputs: Mapping[str, str],
    now: datetime,
    keep: int = KEEP,
) -> Release:
    """Publish the Parquet tables of `tables_dir` as `release_path`. Readers see the old release or the new one.

    `inputs` maps a name to a version or hash: those named in `VERSIONS` and everything else that the release was made
    from. The file is kept in `releases/` beside `release_path`, with the files of the last `keep` releases. No file is
    built if the one that was published last was made from the same inputs and holds the same. The dates of the releases
    do not count, as a clock may have been wrong. Raises AuditError if a rule is broken and PublishError if the release
    cannot be built or read back. In both cases the current release stays.
    """
    releases_dir = release_path.parent / "releases"
    releases_dir.mkdir(parents=True, exist_ok=True)
    _remove_stale(releases_dir)
    made_of = _inputs(specs, tables_dir, ledger, inputs)
    counts = {name: table.rows for name, table in made_of.tables.items()} | made_of.own_counts
    published = _published(release_path, releases_dir, ledger)
    for known in published:
        if (known.inputs_sha256, known.content_sha256) == (made_of.inputs_sha256, made_of.content_sha256):
            current = _current(release_path, known)
            _remember(ledger, known.release_id)
            return Release(release_path, known.release_id, counts, known.built_at, reused=True, current=current)
    last = published[0].path if published else None
    built_at = now.astimezone(UTC).replace(microsecond=0)
    release_id = f"{built_at:%Y%m%dT%H%M%SZ}-{made_of.inputs_sha256[:8]}"
    path = releases_dir / f"{release_id}.duckdb"
    # The name holds the process id. By it a later run knows whether the process that wrote the file still runs.
    temporary = releases_dir / f"building-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    try:
        # Rules are checked on the tables, and the finished file is compared with them value by value.
        _hold(run_checks(rules_of(specs), tables_dir, ledger))
        assembly = Assembly(specs, made_of.tables, ledger)
        work = assembly.plan(last)
        try:
            with assembly.writing(work, temporary) as con:
                _write_own_tables(con, made_of, release_id, built_at)
            assembly.read_back(work, temporary)
        except (duckdb.Error, AssemblyError):
            assembly.forget()  # what was copied may be damaged, or wrongly known: the next run writes a new file
            raise
        temporary.chmod(0o444)  # no client of a reader may change the file
        temporary.replace(path)
        assembly.record(work, path)
    except (duckdb.Error, AssemblyError, CheckError) as error:
        raise PublishError(f"the release cannot be put together: {error}") from error
    finally:
        _remove(temporary)
    make_current(path, release_path)
    _remember(ledger, release_id)
    forget(release_path, releases_dir, keep, built_at, last)
    return Release(release_path, release_id, counts, built_at, current=release_id, before=last)


def _published(release_path: Path, releases_dir: Path, ledger: Ledger) -> list[Kept]:
    """The release that was published last, as the ledger knows it, and the current one; else the newest by date.

    They differ if a person made an older one current. The newest by date may come from a clock that was ahead.
    """
    known = ledger.find(HASHES, _LAST, "")
    found: dict[str, Kept] = {}
    for path in (releases_dir / f"{known}.duckdb", release_path):
        with suppress(ReleaseError):
            one = describe(path)
            found.setdefault(one.release_id, replace(one, path=releases_dir / f"{one.release_id}.duckdb"))
    return list(found.values()) or kept(releases_dir)[:1]


def _remember(ledger: Ledger, release_id: str) -> None:
    """Let the ledger know the release that was published last."""
    if ledger.find(HASHES, _LAST, "") != release_id:
        ledger.record(HASHES, {_LAST: LedgerEntry("", release_id)})


def _current(release_path: Path, known: Kept) -> str:
    """The id of the release that readers see. If its file is gone, `known` becomes the current one."""
    try:
        return describe(release_path).release_id
    except ReleaseError:
        make_current(known.path, release_path)
        return known.release_id


def release_columns(specs: Mapping[str, TableSpec]) -> dict[str, list[tuple[str, str]]]:
    """(column, DuckDB type) of the tables about the release itself, which have no SQL file."""
    made_of = _Inputs(dict.fromkeys(VERSIONS, ""), "", "", {}, "")
    with closing(connect_empty(specs)) as con:
        _write_release_rows(con, made_of, "", datetime.fromtimestamp(0, UTC))
        return {name: [(row[0], row[1]) for row in con.sql(f"DESCRIBE {name}").fetchall()] for name in OWN_TABLES}


def _hold(results: Sequence[CheckResult]) -> None:
    if failed := [result for result in results if not result.passed]:
        raise AuditError(failed)


def _write_own_tables(con: duckdb.DuckDBPyConnection, made_of: _Inputs, release_id: str, built_at: datetime) -> None:
    """Write the tables that are about the release itself, and check them."""
    for name in OWN_TABLES:  # a copied file holds those of the last release
        con.execute(f"DROP TABLE IF EXISTS {name}")
    _write_release_rows(con, made_of, release_id, built_at)
    for name in OWN_TABLES:
        comment(con, name)
    _hold(run_rules_on(con, rules_of(OWN_TABLES)))


def _write_release_rows(con: duckdb.DuckDBPyConnection, made_of: _Inputs, release_id: str, built_at: datetime) -> None:
    con.execute(
        """
        CREATE TABLE release AS
        SELECT
            $release_id::VARCHAR AS release_id, $built_at::TIMESTAMP AS built_at,
            $inputs_sha256::VARCHAR AS inputs_sha256, $content_sha256::VARCHAR AS content_sha256,
            $sql_sha256::VARCHAR AS sql_sha256,
            $codebook_version::VARCHAR AS codebook_version, $engine_version::VARCHAR AS engine_version,
            $reader_version::VARCHAR AS reader_version, $identifier_version::VARCHAR AS identifier_version,
            (SELECT count(*) FROM dim_report) AS n_files,
            (SELECT count(*) FROM dim_report WHERE status = 'accepted') AS n_accepted,
            (SELECT count(*) FROM dim_report WHERE status = 'quarantined') AS n_quarantined,
            (SELECT count(*) FROM fact_indicator) AS n_facts,
            (SELECT count(*) FROM number_mention) AS n_numbers,
            (SELECT avg((disposition = 'unclassified')::INTEGER) FROM number_mention) AS unclassified_share
        """,
        {
            "release_id": release_id,
            "built_at": built_at.replace(tzinfo=None),
            "inputs_sha256": made_of.inputs_sha256,
            "content_sha256": made_of.content_sha256,
            "sql_sha256": made_of.sql_sha256,
            **{name: made_of.versions[name] for name in VERSIONS},
        },
    )
    con.execute("CREATE TABLE release_table (table_name VARCHAR, n_rows BIGINT, content_hash VARCHAR)")
    con.execute("CREATE TABLE release_part (table_name VARCHAR, part VARCHAR, n_rows BIGINT, content_hash VARCHAR)")
    con.execute("BEGIN")
    for name, table in sorted(made_of.tables.items()):
        con.execute("INSERT INTO release_table VALUES (?, ?, ?)", [name, table.rows, table.contents])
        for part, held in sorted(table.parts.items()):
            con.execute("INSERT INTO release_part VALUES (?, ?, ?, ?)", [name, part, held.rows, held.sha])
    con.execute("COMMIT")


def _inputs(specs: Mapping[str, TableSpec], tables_dir: Path, ledger: Ledger, inputs: Mapping[str, str]) -> _Inputs:
    if missing := [name for name in VERSIONS if name not in inputs]:
        raise PublishError(f"inputs lacks {', '.join(missing)}; pass the versions of what the tables were made with")
    try:
        tables = {name: inspect(spec, tables_dir, ledger) for name, spec in specs.items() if spec.text.publish}
    except BuildError as error:
        raise PublishError(str(error)) from error
    held = "\n".join(f"{name} {table.rows} {table.contents}" for name, table in sorted(tables.items()))
    sql = _hash("\n".join(f"{name} {_hash(specs[name].code)}" for name in sorted(specs)))
    given = "\n".join(f"input {name} {inputs[name]}" for name in sorted(inputs))
    reports = tables["dim_report"]
    # The content of the table decides the list of files, so that 400,000 lines are not hashed again without need.
    files = ledger.answer(HASHES, "raw files", reports.contents, lambda: _hash(_files(reports)))
    return _Inputs(inputs, _hash("\n".join([files, given, f"sql {sql}"])), sql, tables, _hash(held))


def _files(reports: Built) -> str:
    """A line for each raw file with its path and hash. It is the same wherever the release is built."""
    with closing(connect()) as con:
        files = con.sql(f"SELECT raw_path, raw_sha256 FROM ({reports.sql}) ORDER BY raw_path").fetchall()
    return "\n".join(f"file {path} {sha256}" for path, sha256 in files)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _remove_stale(releases_dir: Path) -> None:
    """Remove what killed runs left beside the releases, but not the files of processes that still run."""
    for path in releases_dir.glob("building-*"):
        process = path.name.split("-")[1]
        if process.isdigit() and not is_alive(int(process)):
            path.unlink(missing_ok=True)


def _remove(path: Path) -> None:
    for leftover in (path, log_of(path)):
        leftover.unlink(missing_ok=True)

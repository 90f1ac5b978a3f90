"""The release: one DuckDB file, put together from the Parquet tables, audited, and only then renamed into place.

This is the only module that opens a release for writing, and it never opens the published file: readers keep the old
one until the new one is whole. What must hold is written in `pipelines.warehouse.audit`.
"""

import hashlib
import os
import uuid
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines.warehouse.audit import AuditError, run_audit
from pipelines.warehouse.metadata import describe_column, describe_table
from pipelines.warehouse.tables import TableSpec, connect, connect_empty, quote

# The oldest storage that holds all we use: DuckDB clients from 1.5 on open it.
STORAGE_VERSION = "v1.5.0"
VERSIONS = ("codebook_version", "engine_version", "reader_version", "identifier_version")


class PublishError(RuntimeError):
    """A release cannot be put together or read back; the message says why and what to do."""


@dataclass(frozen=True)
class Release:
    """What was published: where, its identity, its rows by table, and when it was built (UTC)."""

    path: Path
    release_id: str
    counts: Mapping[str, int]
    built_at: datetime


def publish(
    specs: Mapping[str, TableSpec],
    tables_dir: Path,
    release_path: Path,
    *,
    inputs: Mapping[str, str],
    now: datetime,
) -> Release:
    """Publish the Parquet tables of `tables_dir` as `release_path`; readers see the old file or the new one.

    `inputs` holds the versions named in `VERSIONS`, and whatever else the release was made from (name -> version or
    hash). Raises AuditError where the audit fails and PublishError for what cannot be built or read back; either leaves
    the release that was there as it was.
    """
    if missing := [name for name in VERSIONS if name not in inputs]:
        raise PublishError(f"inputs lacks {', '.join(missing)}; pass the versions of what the tables were made with")
    release_path.parent.mkdir(parents=True, exist_ok=True)
    _remove_stale(release_path)
    # The name holds the process, so that a later run can tell the file of a killed run from that of a running one.
    temporary = release_path.with_name(f"{release_path.name}.building-{os.getpid()}-{uuid.uuid4().hex[:8]}")
    built_at = now.astimezone(UTC).replace(microsecond=0)
    try:
        release_id, counts = _assemble(specs, tables_dir, temporary, inputs, built_at)
        _scan(temporary, counts)
        temporary.replace(release_path)
    except duckdb.Error as error:
        raise PublishError(f"the release cannot be put together: {error}") from error
    finally:
        _remove(temporary)
    return Release(release_path, release_id, counts, built_at)


def release_columns(specs: Mapping[str, TableSpec]) -> list[tuple[str, str]]:
    """(column, DuckDB type) of the table `release`, which has no SQL file of its own."""
    with closing(connect_empty(specs)) as con:
        _write_release_row(con, specs, dict.fromkeys(VERSIONS, ""), datetime.fromtimestamp(0, UTC))
        return [(row[0], row[1]) for row in con.sql("DESCRIBE release").fetchall()]


def _assemble(
    specs: Mapping[str, TableSpec], tables_dir: Path, path: Path, inputs: Mapping[str, str], built_at: datetime
) -> tuple[str, dict[str, int]]:
    with closing(connect()) as con:
        con.execute(f"ATTACH {quote(path)} AS release (STORAGE_VERSION '{STORAGE_VERSION}')")
        con.execute("USE release")
        for name in specs:
            table = tables_dir / f"{name}.parquet"
            if not table.is_file():
                raise PublishError(f"table {name} is not at {table}; build it first")
            con.execute(f"CREATE TABLE {name} AS FROM read_parquet({quote(table)})")
        release_id = _write_release_row(con, specs, inputs, built_at)
        names = [*specs, "release"]
        for name in names:
            _comment(con, name)
        if failed := [result for result in run_audit(con) if not result.passed]:
            raise AuditError(failed)
        counts = {name: con.sql(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in names}
        con.execute("CHECKPOINT release")
        con.execute("USE memory")
        con.execute("DETACH release")
    return release_id, counts


def _write_release_row(
    con: duckdb.DuckDBPyConnection, specs: Mapping[str, TableSpec], inputs: Mapping[str, str], built_at: datetime
) -> str:
    inputs_sha256 = _inputs_hash(con, specs, inputs)
    release_id = f"{built_at:%Y%m%dT%H%M%SZ}-{inputs_sha256[:8]}"
    con.execute(
        """
        CREATE TABLE release AS
        SELECT
            $release_id::VARCHAR AS release_id, $built_at::TIMESTAMP AS built_at,
            $inputs_sha256::VARCHAR AS inputs_sha256,
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
            "inputs_sha256": inputs_sha256,
            **{name: inputs[name] for name in VERSIONS},
        },
    )
    return release_id


def _inputs_hash(con: duckdb.DuckDBPyConnection, specs: Mapping[str, TableSpec], inputs: Mapping[str, str]) -> str:
    """One hash of the raw files by path and content, the named inputs and the SQL: the same wherever it is built."""
    files = con.sql("SELECT raw_path, raw_sha256 FROM dim_report ORDER BY raw_path").fetchall()
    parts = [f"file {path} {sha256}" for path, sha256 in files]
    parts += [f"input {name} {inputs[name]}" for name in sorted(inputs)]
    parts += [f"sql {name} {hashlib.sha256(specs[name].sql.encode()).hexdigest()}" for name in sorted(specs)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _comment(con: duckdb.DuckDBPyConnection, table: str) -> None:
    con.execute(f"COMMENT ON TABLE {table} IS {quote(describe_table(table).comment)}")
    for column, *_ in con.sql(f"DESCRIBE {table}").fetchall():
        con.execute(f"COMMENT ON COLUMN {table}.{column} IS {quote(describe_column(table, column).comment)}")


def _scan(path: Path, counts: Mapping[str, int]) -> None:
    """Open the finished file anew and read every value: DuckDB is known to have written what it could not read."""
    with closing(duckdb.connect(str(path), read_only=True)) as con:
        con.execute("SET python_enable_replacements = false")
        for table, expected in counts.items():
            columns = [row[0] for row in con.sql(f"DESCRIBE {table}").fetchall()]
            hashes = ", ".join(f"bit_xor(hash({column}))" for column in columns)
            found = con.sql(f"SELECT count(*), {hashes} FROM {table}").fetchall()[0][0]
            if found != expected:
                raise PublishError(f"table {table} holds {found} rows after reopening, expected {expected}; run again")


def _remove_stale(release_path: Path) -> None:
    """Remove what killed runs left beside the release; files of processes that still run are left alone."""
    prefix = f"{release_path.name}.building-"
    for path in release_path.parent.glob(f"{prefix}*"):
        process = path.name.removeprefix(prefix).split("-")[0]
        if process.isdigit() and not _is_running(int(process)):
            path.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it runs, for another user
        return True
    return True


def _remove(path: Path) -> None:
    for leftover in (path, path.with_name(f"{path.name}.wal")):
        leftover.unlink(missing_ok=True)

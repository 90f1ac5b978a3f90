"""Read, identify and extract one file as the pipeline does, without writing anything."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from pipelines.codebook.load import load_codebook
from pipelines.codebook.periods import edition_of
from pipelines.extract.report.engine import extract
from pipelines.extract.report.fact_names import fact_ids
from pipelines.extract.report.records import Fact
from pipelines.identify.identity import Identity, identify
from pipelines.ingest.report_name import report_id
from pipelines.ingest.sidecar import Sidecar, read_sidecar
from pipelines.paths import SIDECAR_SUFFIX
from pipelines.read.document import Document, ReadError, ScansWantedError
from pipelines.read.reader import read_bytes
from pipelines.read.unpack import SEPARATOR, is_archive, members
from pipelines.reasons import Reason, ReasonCode, reason_columns
from pipelines.settings import Settings
from pipelines.stage.kept_gazetteer import load_gazetteer
from pipelines.stage.size_limits import too_large
from pipelines.versions import ENGINE_VERSION

_MOST_NAMES = 5


@dataclass(frozen=True)
class Examined:
    """The result for one file: its identity (columns of stage/identities) and its facts (rows of stage/facts)."""

    identity: dict[str, Any]
    facts: list[dict[str, Any]]


def examine(file: Path, url: str | None, settings: Settings) -> Examined:
    """Read, identify and extract `file`. Its sidecar, if there is one, gives what `url` does not.

    `file` may be in an archive, such as `archive.zip!/report.docx`. An archive with one file stands for that file.
    Raises ReadError if the file is missing or cannot be read.
    """
    file, inside = _split(file)
    document = _read(file, inside, settings)
    if (reason := too_large(document.text)) is not None:
        raise ReadError(reason.code, reason.text)
    beside = file.with_name(file.stem + SIDECAR_SUFFIX)
    sidecar = read_sidecar(beside) if beside.exists() else Sidecar()
    gazetteer = load_gazetteer(settings.divisions_path)
    identity = identify(
        document.text, document.furniture, document.fields, url or sidecar.source_url, sidecar.source_id, gazetteer
    )
    found = asdict(identity) | _late_year(identity, settings)
    return Examined(found, _facts(report_id(file.name, None), document, found))


def _facts(name: str, document: Document, identity: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of the stage `facts` of one document, without a frame: Polars alone takes 0.15 s to import."""
    codebook = load_codebook()
    spans = [(span.start, span.end) for span in document.furniture]
    edition = edition_of(identity["edition_start"], identity["edition_end"])
    facts = extract(document.text, spans, identity["report_year"], codebook, edition).facts
    ids = fact_ids(name, [fact.metric_code for fact in facts], [fact.number_start for fact in facts])
    versions = {"codebook_version": codebook.version, "engine_version": ENGINE_VERSION}
    rows = [
        {field: getattr(fact, field) for field in Fact.__slots__}
        | {"fact_id": own, "report_id": name, "subset_of": None if fact.subset_of is None else ids[fact.subset_of]}
        | versions
        for fact, own in zip(facts, ids, strict=True)
    ]
    return sorted(rows, key=itemgetter("number_start", "fact_id"))


def _late_year(identity: Identity, settings: Settings) -> dict[str, Any]:
    """The columns of an accepted report that change as it is on a year after the present one (report_alone.sql)."""
    year = identity.report_year
    if identity.status != "accepted" or year is None or year <= settings.today.year:
        return {}
    reason = Reason(ReasonCode.NO_YEAR, f"{year} is later than the present year, and no report is")
    return {"status": "quarantined", "report_year": None, "year_method": None, **reason_columns(reason)}


def _split(file: Path) -> tuple[Path, str]:
    """Return the file on disk, and the path inside it if `file` leads into an archive."""
    name = str(file)
    at = name.find(SEPARATOR)
    while at >= 0:
        if Path(name[:at]).is_file():
            return Path(name[:at]), name[at + len(SEPARATOR) :]
        at = name.find(SEPARATOR, at + 1)
    return file, ""


def _read(file: Path, inside: str, settings: Settings) -> Document:
    max_bytes = settings.max_bytes
    try:
        size = file.stat().st_size
        if not file.is_file():
            raise ReadError(ReasonCode.UNREADABLE, "is not a file; give the path of one report")
        if size > max_bytes:
            found = f"has {size} bytes, the limit is {max_bytes}"
            raise ReadError(ReasonCode.TOO_LARGE, f"{found}; raise FAZHI_MAX_BYTES to read it")
        data = file.read_bytes()
        data = _member(file, data, inside) if inside or is_archive(data) else data
        return _read_bytes(data, file.name, settings.ocr_pages)
    except FileNotFoundError as error:
        raise ReadError(ReasonCode.MISSING, "does not exist; give the path of a report") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        raise ReadError(
            ReasonCode.UNREADABLE, f"cannot be read: {getattr(error, 'strerror', None) or error}"
        ) from error


def _read_bytes(data: bytes, name: str, most_pages: int) -> Document:
    try:
        return read_bytes(data, name)
    except ScansWantedError:  # what reads pages is slow to import
        from pipelines.stage.scan_queue import read_with_scans

        return read_with_scans(data, name, most_pages)


def _member(file: Path, archive: bytes, inside: str) -> bytes:
    """Return the bytes of the file `inside` an archive, or of its only file."""
    if not is_archive(archive):
        raise ReadError(ReasonCode.MISSING, f"leads into {file.name}, which is no archive; give the path of a report")
    found = {member.path: member for member in members(archive, file.name)}
    path = inside or (next(iter(found)) if len(found) == 1 else "")
    if path not in found:
        names = ", ".join(f"{file.name}{SEPARATOR}{name}" for name in list(found)[:_MOST_NAMES])
        raise ReadError(
            ReasonCode.SEVERAL, f"is an archive of {len(found)} files, expected one report; name one: {names}"
        )
    reason = found[path].reason
    if reason:
        raise ReadError(reason.code, reason.text)
    return found[path].data

"""Small staged data for the warehouse tests: reports of a few clauses, written as the readers and the extractor would.

A clause marks its number with braces: `say("exam_sessions", "组织考试{3}次。", 3)`.
A clause without an indicator is prose.
"""

import hashlib
import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.settings import PROJECT_ROOT
from pipelines.warehouse.inputs import table_files
from pipelines.warehouse.metadata import inputs
from pipelines.warehouse.publish import Release, publish
from pipelines.warehouse.tables import Built, TableSpec, build, load_specs

SQL_DIR = PROJECT_ROOT / "sql"
CHIDIAN, ANHAI, TIANFU, DONGCHENG = "350582107", "350582104", "510921105", "441900003"
NOW = datetime(2024, 3, 1, 17, 30, tzinfo=UTC)
VERSIONS = dict.fromkeys(("codebook_version", "engine_version", "reader_version", "identifier_version"), "1")

DIVISIONS = [
    (CHIDIAN, "池店镇", "350582", "晋江市", "350500", "泉州市", "350000", "福建省"),
    (ANHAI, "安海镇", "350582", "晋江市", "350500", "泉州市", "350000", "福建省"),
    (TIANFU, "天福镇", "510921", "蓬溪县", "510900", "遂宁市", "510000", "四川省"),
    (DONGCHENG, "东城街道", "441900", "东莞市", "441900", "东莞市", "440000", "广东省"),
]
# code, kind, aggregation, unit
INDICATORS = [
    ("study_center_group_sessions", "flow", "sum", "次"),
    ("study_leadership_sessions", "flow", "sum", "次"),
    ("study_staff_sessions", "flow", "sum", "次"),
    ("study_seminars", "flow", "sum", "次"),
    ("training_sessions", "flow", "sum", "场"),
    ("training_participants", "flow", "sum(人次)", "人次"),
    ("training_law_literate_sessions", "flow", "sum", "次"),
    ("exam_sessions", "flow", "sum", "次"),
    ("exam_pass_rate", "rate", "avg(加权)", "%"),
    ("laws_studied", "flow", "max", "部"),
    ("enforcement_staff", "stock", "sum(年末)", "人"),
    ("enforcement_staff_certified", "stock", "sum(年末)", "人"),
    ("enforcement_fines", "flow", "sum(只取合计)", "元"),
    ("petitions_received", "flow", "sum", "件"),
    ("hotline_received", "flow", "sum", "件"),
    ("petitions_and_hotline_received", "flow", "sum", "件"),
    ("publicity_events", "flow", "sum", "场"),
    ("publicity_talks", "flow", "sum", "场"),
    ("publicity_school_events", "flow", "sum", "场"),
    ("publicity_volunteers", "stock", "sum", "名"),
]


@dataclass
class Clause:
    """A clause and the figure it states. `subset_of` is the position of the total among the report's clauses."""

    metric: str | None
    text: str
    value: float | None = None
    subset_of: int | None = None
    fields: dict[str, Any] = field(default_factory=dict)


def say(metric: str, text: str, value: float, subset_of: int | None = None, **fields: Any) -> Clause:
    return Clause(metric, text, value, subset_of, fields)


@dataclass
class Report:
    """A report of `clauses`; `identity` and `document` override columns of the staged rows."""

    raw_path: str
    township_code: str | None
    report_year: int | None
    clauses: Sequence[Clause]
    identity: dict[str, Any] = field(default_factory=dict)
    reading: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    file: dict[str, Any] = field(default_factory=dict)

    @property
    def report_id(self) -> str:
        return hashlib.sha256(self.raw_path.encode()).hexdigest()[:16]

    def fact_id(self, position: int) -> str:
        """The fact_id of the clause at `position`."""
        return self._placed()[position][1]

    def text(self) -> str:
        return "".join(clause.text.replace("{", "").replace("}", "") for clause in self.clauses)

    def _placed(self) -> list[tuple[int, str, int, int]]:
        """Start of each clause, its fact_id, and where its number stands."""
        placed, start = [], 0
        for clause in self.clauses:
            left = start + max(clause.text.find("{"), 0)
            right = start + max(clause.text.find("}") - 1, 0)
            placed.append((start, f"{self.report_id}:{clause.metric}:{left}", left, right))
            start += len(clause.text.replace("{", "").replace("}", ""))
        return placed

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """The report as rows of the five staged tables."""
        status = "accepted" if self.township_code and self.report_year else "quarantined"
        sha256 = hashlib.sha256((self.raw_path + self.text()).encode()).hexdigest()
        file = {"report_id": self.report_id, "raw_path": self.raw_path, "raw_sha256": sha256, "size_bytes": 1,
                "fetched_at": datetime(2024, 2, 1, tzinfo=UTC), **self.file}  # fmt: skip
        document = {"report_id": self.report_id, "raw_path": self.raw_path, "raw_sha256": sha256, "encoding": "utf-8",
                    "media_type": "text/plain", "text": self.text(), "char_count": len(self.text()), "furniture": [],
                    "fields": [], "is_complete": True, "read_status": "ok",
                    "reader_version": "1", **self.document}  # fmt: skip
        identity = {"report_id": self.report_id, "title": "法治政府建设年度报告", "doc_type": "annual_report",
                    "doc_level": "township", "report_year": self.report_year, "township_code": self.township_code,
                    "place_candidates": [], "published_on": date(2024, 1, 5), "status": status,
                    "status_reason": None if status == "accepted" else "no_place: no unit is named",
                    "publisher": "某镇人民政府", "opening": self.text()[:160], "closing": self.text()[-80:],
                    "identifier_version": "1", **self.identity}  # fmt: skip
        reading = {"report_id": self.report_id, "input_key": "1", "extract_error": None, **self.reading}
        facts = [row for position, clause in enumerate(self.clauses) if (row := self._fact(position, clause))]
        numbers = [self._number(fact) for fact in facts if not fact["implicit_zero"]]
        return {"stage_files": [file], "stage_documents": [document], "stage_identities": [identity],
                "stage_readings": [reading], "stage_facts": facts, "stage_numbers": numbers}  # fmt: skip

    def _fact(self, position: int, clause: Clause) -> dict[str, Any] | None:
        if clause.metric is None:
            return None
        start, fact_id, left, right = self._placed()[position]
        evidence = clause.text.replace("{", "").replace("}", "").rstrip("，。；")
        unit = next(unit for code, _, _, unit in INDICATORS if code == clause.metric)
        role = "total" if clause.subset_of is None else "subset"
        return {"fact_id": fact_id, "report_id": self.report_id, "metric_code": clause.metric, "value": clause.value,
                "unit": unit, "unit_raw": unit, "qualifier": "exact", "value_low": clause.value,
                "value_high": clause.value, "role": role,
                "subset_of": None if clause.subset_of is None else self.fact_id(clause.subset_of), "scope": None,
                "period": "year", "implicit_zero": False, "evidence": evidence, "char_start": start,
                "char_end": start + len(evidence), "number_start": left, "number_end": right,
                "sentence": 1 + len(re.findall("[。！？!?\n]", self.text()[:left])), "rule_id": clause.metric,
                "read_as": "clause", "confidence": 0.9, "codebook_version": "1", "engine_version": "1",
                **clause.fields}  # fmt: skip

    def _number(self, fact: dict[str, Any]) -> dict[str, Any]:
        return {"report_id": self.report_id, "char_start": fact["number_start"], "char_end": fact["number_end"],
                "text": self.text()[fact["number_start"]:fact["number_end"]], "value": fact["value"],
                "unit_raw": fact["unit_raw"], "disposition": "fact", "fact_id": fact["fact_id"],
                "context": None}  # fmt: skip


AT_LEAST = {"qualifier": "at_least", "value_high": None}


@cache
def _specs() -> dict[str, TableSpec]:
    """The tables of the project: following their SQL takes a second, which every warehouse would spend again."""
    return load_specs(SQL_DIR)


class Warehouse:
    """Staged rows, the tables built from them, and a connection that reads those."""

    def __init__(self, folder: Path, reports: Sequence[Report]) -> None:
        self.folder = folder
        self.specs = dict(_specs())
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in inputs()}
        for report in reports:
            for name, rows in report.rows().items():
                self.rows[name] += rows
        names = list(inputs()["ref_divisions"])
        self.rows["ref_divisions"] = [dict(zip(names, row, strict=True)) for row in DIVISIONS]
        self.rows["ref_indicators"] = [
            {"metric_code": code, "family": "any", "name_zh": code, "name_en": code, "unit": unit, "kind": kind,
             "aggregation": aggregation, "counts": "", "excludes": "", "definition": code, "definition_zh": code}
            for code, kind, aggregation, unit in INDICATORS
        ]  # fmt: skip

    @property
    def tables_dir(self) -> Path:
        return self.folder / "tables"

    @property
    def release_path(self) -> Path:
        return self.folder / "fazhi.duckdb"

    def build(self) -> dict[str, Built]:
        """Write the staged rows as Parquet and build every table from them."""
        sources: dict[str, Path | Sequence[Path]] = {}
        for name, rows in self.rows.items():
            path = self.folder / "stage" / f"{name}.parquet"
            write_rows(name, rows, path)
            sources[name] = path
        built = {}
        for name, spec in self.specs.items():
            built[name] = build(spec, sources, self.tables_dir)
            sources[name] = built[name].paths
        return built

    def sql(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the built tables."""
        with closing(duckdb.connect()) as con:
            for name in self.specs:
                files = [str(path) for path in table_files(self.tables_dir, name)]
                con.execute(f"CREATE VIEW {name} AS FROM read_parquet({files})")
            return con.sql(sql).fetchall()

    def figure(self, metric: str, code: str = CHIDIAN, year: int = 2023) -> dict[str, Any] | None:
        """The row of township_metric, or None."""
        columns = [column.name for column in self.specs["township_metric"].columns]
        rows = self.sql(
            f"SELECT {', '.join(columns)} FROM township_metric "
            f"WHERE metric_code = '{metric}' AND township_code = '{code}' AND report_year = {year}"
        )
        return dict(zip(columns, rows[0], strict=True)) if rows else None


def write_rows(name: str, rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Write `rows` with the columns and types of the input `name`."""
    kinds: dict[str, Any] = {
        "VARCHAR": pl.String, "BIGINT": pl.Int64, "INTEGER": pl.Int32, "DOUBLE": pl.Float64, "BOOLEAN": pl.Boolean,
        "DATE": pl.Date, "TIMESTAMP WITH TIME ZONE": pl.Datetime("us", "UTC"), "VARCHAR[]": pl.List(pl.String),
        'STRUCT("start" BIGINT, "end" BIGINT, kind VARCHAR)[]': pl.List(
            pl.Struct({"start": pl.Int64, "end": pl.Int64, "kind": pl.String})
        ),
        'STRUCT("name" VARCHAR, "value" VARCHAR)[]': pl.List(pl.Struct({"name": pl.String, "value": pl.String})),
    }  # fmt: skip
    schema = {column: kinds[kind] for column, kind in inputs()[name].items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=schema).write_parquet(path)


def built(folder: Path, *reports: Report) -> Warehouse:
    """A warehouse of `reports` with its tables built."""
    warehouse = Warehouse(folder, reports)
    warehouse.build()
    return warehouse


def published(warehouse: Warehouse, days: int = 0) -> Release:
    """The release of a warehouse, `days` after NOW."""
    return publish(
        *(warehouse.specs, warehouse.tables_dir, warehouse.release_path),
        inputs=VERSIONS,
        now=NOW + timedelta(days=days),
    )

"""The lineage of all tables together, in the order in which they can be built.

Following the SQL takes a second, which every start of the program would pay. So what was found is kept in
`metadata/lineage.json` with the hash of all that it was found from, and followed again only where that hash is another.
The file is written by `python -m pipelines.report.table_pages`; a test fails when it no longer matches.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from pipelines.errors import FazhiError
from pipelines.warehouse.descriptions import inputs

Source = tuple[str, str]  # (table, column)
KEPT = Path(__file__).with_name("metadata") / "lineage.json"


class LineageError(FazhiError):
    """The SQL cannot be followed; the message names the table and what stands in the way."""


@dataclass(frozen=True)
class Lineage:
    """The tables that a query reads, sorted, and the sources of each output column in the query's order."""

    depends_on: tuple[str, ...]
    columns: Mapping[str, tuple[Source, ...]]


def follow(texts: Mapping[str, str]) -> dict[str, Lineage]:
    """The lineage of the tables whose SQL is in `texts`, each after those that it reads. Raises LineageError."""
    kept = _kept(KEPT)
    if kept.get("key") != _key(texts):
        return trace_all(texts)
    return {name: _loaded(entry) for name, entry in kept["tables"].items()}


def _loaded(entry: Mapping[str, Any]) -> Lineage:
    """The lineage of an entry that went through JSON."""
    columns = {column: tuple((table, name) for table, name in sources) for column, sources in entry["columns"].items()}
    return Lineage(tuple(entry["depends_on"]), columns)


def trace_all(texts: Mapping[str, str]) -> dict[str, Lineage]:
    """The same, read out of the SQL."""
    from pipelines.warehouse.lineage import dependencies, parse, trace  # sqlglot, which is rarely needed

    queries = {name: parse(name, text) for name, text in texts.items()}
    try:
        order = list(TopologicalSorter({name: dependencies(query) for name, query in queries.items()}).static_order())
    except CycleError as error:
        raise LineageError(f"tables read each other in a circle: {' <- '.join(error.args[1])}") from error
    schema: dict[str, Sequence[str]] = {name: list(types) for name, types in inputs().items()}
    found: dict[str, Lineage] = {}
    for name in order:
        if name in queries:
            found[name] = trace(name, queries[name], schema)
            schema[name] = list(found[name].columns)
    return found


def render(texts: Mapping[str, str]) -> str:
    """What `metadata/lineage.json` should hold."""
    tables = {name: asdict(lineage) for name, lineage in trace_all(texts).items()}
    return json.dumps({"key": _key(texts), "tables": tables}, ensure_ascii=False, indent=1) + "\n"


def _key(texts: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps([dict(sorted(texts.items())), dict(inputs())]).encode()).hexdigest()


def _kept(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}

"""How a large table is divided into parts: one file for each bucket of reports, or one for each province.

Such a table may only compute the rows of a report, or of a province, from the rows of the same report or province in
its inputs. Then one new report changes one file, and the others stay as they are. The files are built by
`pipelines.warehouse.table_build`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pipelines.build import buckets

_PROVINCE = 2  # digits of a division code that name the province
_NO_PROVINCE = "000000"


@dataclass(frozen=True)
class Layout:
    """A way to divide tables: by the first `length` characters of a code, in the first of `columns` that a table has.

    `is_part` says whether a name is that of a part, `part_of` gives the name for the beginning of a code. `bounds`
    gives the codes of a part: from the first text on, and below the second. A table without rows has the one part
    `empty`. Rows without a code are in no part, unless the layout `keeps_rest`: then they are in the part `empty`.
    """

    name: str
    columns: Sequence[str]
    length: int
    is_part: Callable[[str], bool]
    part_of: Callable[[str], str]
    bounds: Callable[[str], tuple[str, str]]
    empty: str
    keeps_rest: bool = False

    def __reduce__(self) -> tuple[Callable[[str, bool], "Layout"], tuple[str, bool]]:
        return _layout, (self.name, self.keeps_rest)  # pickled by what it is called, so that there is one of each

    def column(self, names: Sequence[str]) -> str | None:
        """The column that holds the code, in a table with the columns `names`; None where it has none."""
        return next((column for column in self.columns if column in names), None)

    def beginning(self, column: str) -> str:
        """The SQL expression for the beginning of a row's code."""
        return f"left({column}, {self.length})"

    def condition(self, column: str, part: str) -> str:
        """The SQL condition for the rows of a part: a range, by which DuckDB skips files and row groups."""
        if self.keeps_rest and part == self.empty:
            return f"{column} IS NULL"
        first, below = self.bounds(part)
        return f"{column} >= '{first}' AND {column} < '{below}'"


def _is_province(name: str) -> bool:
    return len(name) == len(_NO_PROVINCE) and name.isdigit() and name.endswith("0000")


def _province(beginning: str) -> str:
    return beginning.ljust(len(_NO_PROVINCE), "0")


def _codes_of_province(part: str) -> tuple[str, str]:
    return part[:_PROVINCE], f"{int(part[:_PROVINCE]) + 1:02d}"


REPORTS = Layout(
    "report", ("report_id",), 2, buckets.BUCKETS.__contains__, buckets.bucket_of, buckets.bounds, buckets.BUCKETS[0]
)
# Everything that counts towards a unit lies in its province, what it was made of in a merger too; the file of
# changes is checked for that (pipelines.identify.division_changes).
PROVINCES = Layout(
    "province", ("province_code", "township_code"), _PROVINCE, _is_province, _province, _codes_of_province, _NO_PROVINCE
)
PROVINCES_OR_NONE = replace(PROVINCES, keeps_rest=True)
WAYS = (REPORTS, PROVINCES)  # in which rows can be divided
LAYOUTS = {"report": REPORTS, "province": PROVINCES, "province_or_none": PROVINCES_OR_NONE}  # as tables name them


def _layout(name: str, keeps_rest: bool) -> Layout:
    return next(one for one in LAYOUTS.values() if (one.name, one.keeps_rest) == (name, keeps_rest))

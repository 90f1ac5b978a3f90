"""How the large tables lie in files: a file for each bucket of reports, or one for each province.

A table that lies so says of each report, or of each province, only what follows from the rows of that report or
province in its inputs: when one report is new, the files of the others stay as they are. Here belongs which rows belong
to which file; building them is `pipelines.warehouse.table_build`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipelines.build import buckets

_PROVINCE = 2  # digits of a division code that name the province
_NO_PROVINCE = "000000"


@dataclass(frozen=True)
class Layout:
    """A way to lay tables out: by the beginning of the first of `columns` that a table has.

    `part_of` gives the name of the part for a beginning of `length` characters, `bounds` the codes of a part: from the
    first text, and below the second. Rows without a code belong to no part. `empty` names the one part of no rows.
    """

    name: str
    columns: Sequence[str]
    length: int
    is_part: Callable[[str], bool]
    part_of: Callable[[str], str]
    bounds: Callable[[str], tuple[str, str]]
    empty: str

    def column(self, names: Sequence[str]) -> str | None:
        """The column that says to which part a row of a table with the columns `names` belongs, if any does."""
        return next((column for column in self.columns if column in names), None)

    def beginning(self, column: str) -> str:
        """The SQL expression for the beginning of a row's code."""
        return f"left({column}, {self.length})"

    def condition(self, column: str, part: str) -> str:
        """The SQL condition for the rows of a part; a range, so that files can be skipped by what they say."""
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
LAYOUTS = {layout.name: layout for layout in (REPORTS, PROVINCES)}

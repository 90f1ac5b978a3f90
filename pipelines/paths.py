"""The name of every folder and file: of the project's own data, of a raw folder, of a warehouse and of Dagster's home.

Other modules take names from here and spell none of their own. What is done with a file is written where it is done.
"""

from dataclasses import dataclass
from pathlib import Path

# -- the project's own data ---------------------------------------------------------------------------------------
# In a checkout the data lies in the folders that people edit. The wheel carries copies of them below pipelines/data
# (`force-include` in pyproject.toml), so that an installed fazhi runs outside any checkout.

PACKAGE_DIR = Path(__file__).resolve().parent
PROJECT_ROOT = PACKAGE_DIR.parent  # the checkout; in an installed package only the folder that holds the package
DATA_DIR = PACKAGE_DIR / "data"
IN_CHECKOUT = (PROJECT_ROOT / "pyproject.toml").is_file() and (PROJECT_ROOT / "sql").is_dir()
SQL_DIR = PROJECT_ROOT / "sql" if IN_CHECKOUT else DATA_DIR / "sql"
REFERENCE_DIR = PROJECT_ROOT / "raw" / "reference" if IN_CHECKOUT else DATA_DIR / "reference"
RULES_DIR = PACKAGE_DIR / "codebook" / "rules"
DIVISIONS = "divisions.parquet"
DIVISION_CHANGES = "division_changes.csv"
COUNTY_CHANGES = "county_changes.csv"

# -- a raw folder -------------------------------------------------------------------------------------------------

RAW = "raw"
SOURCES = "sources.toml"
CORRECTIONS = "corrections.csv"
CORRECTIONS_LOCK = ".corrections.lock"  # beside the file, while it is written
FETCHED = "fetched"
FETCH_LOCK = ".lock"  # in the folder of what was fetched
REFERENCE = "reference"
README = "README.md"
SIDECAR_SUFFIX = ".meta.json"

# -- a warehouse folder -------------------------------------------------------------------------------------------

WAREHOUSE = "warehouse"
STAGE = "stage"
TABLES = "tables"
RELEASE = "fazhi.duckdb"
RELEASES = "releases"
EXPORTS = "exports"
PUBLISHED = "published"
CHANGES = "CHANGES.md"
LEDGER = "ledger.sqlite"
SCANNED_PAGES = "scanned_pages.sqlite"
RUN_LOCK = ".run.lock"
RUN_HOLDER = ".run.holder"
RUN_LOG = ".run.log"  # what a run that the workbench started printed
DAGSTER = ".dagster"

# -- Dagster's home -----------------------------------------------------------------------------------------------

DAGSTER_YAML = "dagster.yaml"
CODE_LOCATIONS = "workspace.yaml"


def default_folder(name: str) -> Path:
    """The folder `name` of the checkout; for an installed fazhi, that of the current folder."""
    return PROJECT_ROOT / name if IN_CHECKOUT else Path.cwd() / name


@dataclass(frozen=True)
class Folders:
    """The folders of one run, all absolute, and the files in them."""

    raw_dir: Path
    warehouse_dir: Path
    dagster_home: Path

    @property
    def sql_dir(self) -> Path:
        """The SQL files that define tables and marts."""
        return SQL_DIR

    @property
    def reference_dir(self) -> Path:
        """Reference data that comes with the project; it serves whatever raw folder is given."""
        return REFERENCE_DIR

    @property
    def divisions_path(self) -> Path:
        """The Parquet file with all township-level units."""
        return REFERENCE_DIR / DIVISIONS

    @property
    def division_changes_path(self) -> Path:
        """The CSV file with the units that ended or were renamed; it lies beside the units."""
        return REFERENCE_DIR / DIVISION_CHANGES

    @property
    def county_changes_path(self) -> Path:
        """The CSV file with the counties that took another code or name."""
        return REFERENCE_DIR / COUNTY_CHANGES

    @property
    def sources_path(self) -> Path:
        """The sites to fetch from."""
        return self.raw_dir / SOURCES

    @property
    def fetched_dir(self) -> Path:
        """The archive of what was fetched."""
        return self.raw_dir / FETCHED

    @property
    def corrections_path(self) -> Path:
        """The corrections that people made; the file lies beside the reports."""
        return self.raw_dir / CORRECTIONS

    @property
    def stage_dir(self) -> Path:
        """Parquet that is kept from run to run: files, texts, identities, facts, numbers."""
        return self.warehouse_dir / STAGE

    @property
    def files_path(self) -> Path:
        """The raw folder's reports, those in archives too, a Parquet table."""
        return self.stage_dir / "files" / "files.parquet"

    @property
    def inventory_path(self) -> Path:
        """The inventory of the raw folder as the last run left it, a Parquet table."""
        return self.stage_dir / "files" / "inventory.parquet"

    @property
    def nearest_path(self) -> Path:
        """The nearest report of each, and what it was found from, a Parquet table."""
        return self.stage_dir / "nearest" / "nearest.parquet"

    @property
    def indicators_path(self) -> Path:
        """The codebook as a Parquet table."""
        return self.stage_dir / "indicators" / "indicators.parquet"

    @property
    def staged_changes_path(self) -> Path:
        """The changes of units as a Parquet table."""
        return self.stage_dir / "divisions" / "division_changes.parquet"

    @property
    def staged_county_changes_path(self) -> Path:
        """The changes of counties as a Parquet table."""
        return self.stage_dir / "divisions" / "county_changes.parquet"

    @property
    def staged_corrections_path(self) -> Path:
        """The corrections as a Parquet table."""
        return self.stage_dir / "corrections" / "corrections.parquet"

    @property
    def tables_dir(self) -> Path:
        """One Parquet file a table."""
        return self.warehouse_dir / TABLES

    @property
    def release_path(self) -> Path:
        """The DuckDB file that readers open."""
        return self.warehouse_dir / RELEASE

    @property
    def releases_dir(self) -> Path:
        """The last releases, each a file of its own named by its release_id."""
        return self.warehouse_dir / RELEASES

    @property
    def exports_dir(self) -> Path:
        """The current release in the formats of other programs."""
        return self.warehouse_dir / EXPORTS

    @property
    def published_dir(self) -> Path:
        """The tables that were published last, as Parquet; unchanged files are shared with `exports_dir`."""
        return self.warehouse_dir / PUBLISHED

    @property
    def changes_path(self) -> Path:
        """What changed from release to release, for people."""
        return self.warehouse_dir / CHANGES

    @property
    def scanned_pages_path(self) -> Path:
        """What character recognition read on scanned pages (`pipelines.build.page_cache`)."""
        return self.warehouse_dir / SCANNED_PAGES

    @property
    def ledger_path(self) -> Path:
        """What was computed from what (`pipelines.build.ledger`)."""
        return self.warehouse_dir / LEDGER

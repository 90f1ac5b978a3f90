"""The pictures of docs/workbench.md: pages of the workbench on the example archive, taken in a browser.

    python -m benchmarks.screenshots [WAREHOUSE] [--out docs/images]       (after `make example`)

It needs playwright, which `make test-web` installs, and the system's Chromium. The figures that they show are invented.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import urllib.request
from pathlib import Path

from PIL import Image

from benchmarks.browser import ARGUMENTS, MISSING, chromium_path, served
from benchmarks.processes import ROOT, environment

WIDTH, HEIGHT = 1200, 820  # pixels
COLOURS = 128  # so few keep a page under 200 KB, and no one sees it
UNIT, OTHERS, METRIC, YEAR = "350128205", "350128,140728203", "trainings_held", 2022


def pages(root: str) -> dict[str, str]:
    """The address of each page by the name of its picture. Raises OSError where the release holds no such unit."""
    with urllib.request.urlopen(f"{root}/unit/{UNIT}/{YEAR}/{METRIC}.json", timeout=60) as answer:
        fact = json.load(answer)["facts"][0]
    return {
        "unit": f"/unit/{UNIT}",
        "figure": f"/unit/{UNIT}/{YEAR}/{METRIC}",
        "report": f"/report/{fact['report_id']}?at={fact['number_start']}#n{fact['number_start']}",
        "review": "/review",
        "metric": f"/metric/{METRIC}",
        "compare": f"/compare?units={UNIT},{OTHERS}&metrics={METRIC},enforcement_staff_headline",
    }


def take(warehouse: Path, out: Path) -> list[Path]:
    """Write `workbench-NAME.png` for each page, 1200 x 820 pixels. Raises RuntimeError where there is no browser."""
    from playwright.sync_api import sync_playwright

    path = chromium_path()
    if path is None:
        raise RuntimeError(MISSING)
    written = []
    with (
        served(warehouse / "raw", warehouse, environment(warehouse / ".dagster")) as root,
        sync_playwright() as started,
    ):
        browser = started.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN")
        for name, address in pages(root).items():
            answer = page.goto(root + address, wait_until="networkidle")
            if answer is None or not answer.ok:
                raise RuntimeError(
                    f"{address} answers with {answer and answer.status}; `make example` builds what it shows"
                )
            page.wait_for_timeout(1500)  # charts are drawn and have moved to their place
            picture = Image.open(io.BytesIO(page.screenshot()))
            target = out / f"workbench-{name}.png"
            picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
            written.append(target)
        browser.close()
    return written


def main() -> int:
    """Take the pictures and name them; 2 where there is no warehouse or no browser."""
    parser = argparse.ArgumentParser(description="take the pictures of docs/workbench.md")
    parser.add_argument("warehouse", nargs="?", type=Path, default=ROOT / "warehouse-example")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    asked = parser.parse_args()
    if not (asked.warehouse / "fazhi.duckdb").is_file():
        print(f"there is no release in {asked.warehouse}; `make example` builds one", file=sys.stderr)
        return 2
    try:
        written = take(asked.warehouse.resolve(), asked.out)
    except (RuntimeError, ImportError) as error:
        print(f"no picture was taken: {error}", file=sys.stderr)
        return 2
    for target in written:
        print(f"{target} {target.stat().st_size // 1024} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())

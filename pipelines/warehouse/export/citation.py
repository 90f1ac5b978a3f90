"""CITATION.cff (Citation File Format 1.2.0): how a paper names this release. No licence of the data is claimed."""

import json
from importlib.metadata import PackageNotFoundError, version

from pipelines.warehouse.export import about
from pipelines.warehouse.export.release_reader import Source


def sentence(source: Source) -> str:
    """The release as a reference list names it."""
    return f"{about.AUTHORS} ({source.built_at:%Y}). {about.TITLE}. Release {source.release_id}."


def render(source: Source) -> str:
    """The file's text: YAML, whose strings may be written as JSON writes them."""
    return f"""\
cff-version: 1.2.0
message: {_text("If you use these data, please cite the release that you used.")}
type: dataset
title: {_text(about.TITLE)}
abstract: {_text(f"{about.DESCRIPTION} {about.LICENCE}")}
authors:
  - name: {_text(about.AUTHORS)}
version: {_text(source.release_id)}
date-released: {source.built_at:%Y-%m-%d}
keywords:
{"".join(f"  - {_text(word)}{chr(10)}" for word in about.KEYWORDS)}references:
  - type: software
    title: fazhi
    authors:
      - name: {_text(about.AUTHORS)}
    version: {_text(_code_version())}
    license: Apache-2.0
"""


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _code_version() -> str:
    try:
        return version("fazhi")
    except PackageNotFoundError:  # run from a folder that was not installed
        return "0"

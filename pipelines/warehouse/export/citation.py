"""CITATION.cff (Citation File Format 1.2.0): how a paper cites this release. It states no licence for the data."""

import json
from importlib.metadata import PackageNotFoundError, version

from pipelines.warehouse.export import about
from pipelines.warehouse.export.release_reader import ReleaseReader


def sentence(release: ReleaseReader) -> str:
    """The release as one entry of a list of references."""
    return f"{about.AUTHORS} ({release.built_at:%Y}). {about.TITLE}. Release {release.release_id}."


def render(release: ReleaseReader) -> str:
    """The text of the file. It is YAML, in which a string may be written as in JSON."""
    try:
        code_version = version("fazhi")
    except PackageNotFoundError:  # run from a folder that was not installed
        code_version = "0"
    return f"""\
cff-version: 1.2.0
message: {_text("If you use these data, please cite the release that you used.")}
type: dataset
title: {_text(about.TITLE)}
abstract: {_text(f"{about.DESCRIPTION} {about.LICENCE}")}
authors:
  - name: {_text(about.AUTHORS)}
version: {_text(release.release_id)}
date-released: {release.built_at:%Y-%m-%d}
keywords:
{"".join(f"  - {_text(word)}{chr(10)}" for word in about.KEYWORDS)}references:
  - type: software
    title: fazhi
    authors:
      - name: {_text(about.AUTHORS)}
    version: {_text(code_version)}
    license: Apache-2.0
"""


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

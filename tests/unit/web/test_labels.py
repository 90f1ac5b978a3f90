"""Each code that a page shows has its words in both languages."""

from pathlib import Path

from pipelines.codebook.load import load_codebook
from pipelines.codebook.rule_files import read_files
from pipelines.web.labels import label, labels

READINGS = Path(__file__).parents[1] / "extract" / "readings_kept.txt"


def test_whatever_becomes_of_a_number_is_named() -> None:
    """The dispositions of the cues and of figures without a code, and those that the kept readings hold."""
    lines = READINGS.read_text(encoding="utf-8").splitlines()
    read = {line.rpartition(" ")[2] for line in lines if line.partition(" ")[0].isdecimal()}
    files = read_files()
    known = read | {cue.disposition for cue in files.cues.cue} | {figure.code for figure in files.uncoded.figure}
    assert {"fact", "date", "ordinal"} < read
    assert known - labels()["disposition"].keys() == set()
    groups = labels()["group"].keys()
    assert all(one.group in groups for one in labels()["disposition"].values())


def test_every_indicator_belongs_to_a_family_that_is_named() -> None:
    assert {indicator.family for indicator in load_codebook().indicators} <= labels()["family"].keys()


def test_a_code_without_words_is_shown_as_it_is() -> None:
    found = label("disposition", "not_known")
    assert (found.zh, found.en) == ("not_known", "not_known")

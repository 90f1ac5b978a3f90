"""A TOML file that people write is held against its schema; each mistake is one line that says what to correct."""

from pathlib import Path
from typing import Literal, Self

import pytest
from pydantic import Field, model_validator

from pipelines.build.toml_file import Entry, ListOf, SchemaError, Text, read_toml, wrong


class Stop(Entry):
    name: str = Field(pattern="^[a-z]+$", description="small letters")
    kind: Literal["bus", "tram", "ferry"] = "bus"
    lines: ListOf[Text] = ()
    zone: float = Field(default=1, gt=0)
    covered: bool = False

    @model_validator(mode="after")
    def _a_ferry_has_no_roof(self) -> Self:
        if self.kind == "ferry" and self.covered:
            raise wrong("true at a ferry", "false", "covered")
        return self


class Town(Entry):
    stop: ListOf[Stop]
    speed: dict[str, int] = Field(default_factory=dict)


GOOD = 'stop = [{ name = "harbour", kind = "ferry", lines = ["F1"], zone = 2 }]\n[speed]\nbus = 50\n'


def read(folder: Path, text: str) -> Town:
    path = folder / "town.toml"
    path.write_text(text, encoding="utf-8")
    return read_toml(path, Town)


def test_a_file_that_keeps_to_its_schema_is_read_and_cannot_be_changed(tmp_path: Path) -> None:
    town = read(tmp_path, GOOD)
    assert town.stop[0] == Stop(name="harbour", kind="ferry", lines=("F1",), zone=2.0)
    assert (type(town.stop[0].zone), town.speed) == (float, {"bus": 50})
    with pytest.raises(ValueError, match="frozen"):
        town.stop[0].zone = 3


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "zone",
            "zome",
            "stop harbour, zome: found an unknown key, allowed name, kind, lines, zone, covered; did you",
        ),
        ('name = "harbour", ', "", "stop 1, name: found no such key, allowed small letters; add the key"),
        ('"harbour"', '"Harbour"', "stop Harbour, name: found 'Harbour', allowed small letters"),
        ('"harbour"', "7", "stop 1, name: found 7, allowed small letters"),
        ('"ferry"', '"fery"', "stop harbour, kind: found 'fery', allowed 'bus', 'tram' or 'ferry'"),
        ('["F1"]', '"F1"', "stop harbour, lines: found 'F1', allowed a list"),
        ('"F1"', '"F1", 2', "stop harbour, lines 2: found 2, allowed a text"),
        ('"F1"', '" "', "stop harbour, lines 1: found ' ', allowed a text that is not empty"),
        ("zone = 2", 'zone = "2"', "stop harbour, zone: found '2', allowed a number"),
        ("zone = 2", "zone = true", "stop harbour, zone: found true, allowed a number"),
        ("zone = 2", "zone = nan", "stop harbour, zone: found NaN, allowed a finite number"),
        ("zone = 2", "zone = 0", "stop harbour, zone: found 0, allowed a number greater than 0"),
        ("zone = 2", 'covered = "false"', "stop harbour, covered: found 'false', allowed true or false"),
        ("zone = 2", "covered = true", "stop harbour, covered: found true at a ferry, allowed false"),
        ("bus = 50", "bus = 50.5", "speed, bus: found 50.5, allowed a whole number"),
        ("[speed]", "[speeds]", "speeds: found an unknown key, allowed stop, speed; did you mean speed?"),
        ("bus = 50", "[[stop]]", "found a file that cannot be read"),
        ('"F1"', f'"{"F" * 99}", 1', "stop harbour, lines 2: found 1, allowed a text"),
        ('["F1"]', f'"{"F" * 99}"', f"stop harbour, lines: found '{'F' * 59}..., allowed a list"),
    ],
)
def test_a_mistake_is_one_line_with_file_entry_key_found_and_allowed(
    tmp_path: Path, old: str, new: str, line: str
) -> None:
    assert GOOD.count(old) == 1
    with pytest.raises(SchemaError) as error:
        read(tmp_path, GOOD.replace(old, new))
    separator = ": " if line.startswith("found") else ", "
    assert str(error.value).startswith(f"{tmp_path / 'town.toml'}{separator}{line}")
    assert "\n" not in str(error.value)


def test_a_misspelt_key_comes_before_the_key_that_it_leaves_out(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"nmae: found an unknown key, .*did you mean name\? \(and 2 more\)$"):
        read(tmp_path, 'stop = [{ nmae = "harbour", zone = 0 }]\n')


def test_a_file_that_is_not_there_or_not_utf8_is_named(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"nowhere.toml: found .*\(No such file or directory\), allowed TOML"):
        read_toml(tmp_path / "nowhere.toml", Town)
    (tmp_path / "gbk.toml").write_bytes("# 镇\n".encode("gbk"))
    with pytest.raises(SchemaError, match=r"gbk.toml: found a file that cannot be read"):
        read_toml(tmp_path / "gbk.toml", Town)

"""The release that pages are asked of: the current one, seen without a restart, and cut off from everything else."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from starlette.testclient import TestClient

from pipelines.settings import Settings
from pipelines.web.app import create_app
from pipelines.web.open_release import CurrentRelease, NoReleaseError, OpenRelease
from pipelines.web.page_queries import PageQuery


def publish(settings: Settings, release_id: str) -> Path:
    """A release file that knows its id, made the current one as `fazhi run` does: by a second name."""
    path = settings.releases_dir / f"{release_id}.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE release AS SELECT ? AS release_id", [release_id])
    beside = settings.release_path.with_suffix(".new")
    beside.hardlink_to(path)
    beside.replace(settings.release_path)
    return path


def asked(release: OpenRelease) -> str:
    (row,) = release.ask(PageQuery("SELECT release_id FROM release", frozenset()), {})
    return str(row["release_id"])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(tmp_path / "raw", tmp_path / "warehouse", environ={})


def test_a_new_release_is_seen_at_once_and_a_page_in_hand_ends_on_the_old_one(settings: Settings) -> None:
    publish(settings, "one")
    reader = CurrentRelease(settings)
    with reader.using() as first:
        old = publish(settings, "two")
        with reader.using() as second:
            assert (asked(first), asked(second)) == ("one", "two")
            assert (first.release_id, second.release_id) == ("one", "two")
        assert asked(first) == "one"
    with pytest.raises(duckdb.Error):  # nobody uses it any more: it is closed
        asked(first)
    with reader.using() as third:
        assert third is second
    reader.close()
    assert old.is_file()


def test_what_is_kept_for_a_release_goes_with_it(settings: Settings) -> None:
    publish(settings, "one")
    reader = CurrentRelease(settings)
    made: list[str] = []
    for _ in range(2):
        with reader.using() as release:
            assert release.kept("name", lambda release=release: made.append(asked(release)) or len(made)) == 1
    publish(settings, "two")
    with reader.using() as release:
        assert release.kept("name", lambda release=release: made.append(asked(release)) or len(made)) == 2
    assert made == ["one", "two"]
    reader.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY release TO 'x.csv'",
        "ATTACH 'x.duckdb'",
        "CREATE TABLE x (y INTEGER)",
        "DELETE FROM release",
        "SET threads = 1",
        "SET enable_external_access = true",
    ],
)
def test_a_query_reaches_nothing_but_the_release(settings: Settings, sql: str) -> None:
    publish(settings, "one")
    with CurrentRelease(settings).using() as release:
        with pytest.raises(duckdb.Error):
            release.ask(PageQuery(sql, frozenset()), {})
        assert asked(release) == "one"


def test_values_are_bound_and_never_run(settings: Settings) -> None:
    publish(settings, "one")
    query = PageQuery("SELECT release_id FROM release WHERE release_id = $code", frozenset({"code"}))
    with CurrentRelease(settings).using() as release:
        assert release.ask(query, {"code": "x' OR '1' = '1"}) == []
        assert release.ask(query, {"code": "one", "more": "is left out"}) == [{"release_id": "one"}]


def test_without_a_release_a_page_says_what_to_run(settings: Settings) -> None:
    with pytest.raises(NoReleaseError, match="fazhi run"), CurrentRelease(settings).using():
        pass
    with TestClient(create_app(settings), "http://127.0.0.1:8300") as client:
        for path in ("/", "/unit/510921105", "/report/x"):
            answer = client.get(path)
            assert answer.status_code == 503
            assert "fazhi run" in answer.text
        assert "fazhi run" in client.get("/index.json").json()["error"]


def test_a_release_that_is_no_database_is_said_in_a_page(settings: Settings) -> None:
    settings.release_path.parent.mkdir(parents=True)
    settings.release_path.write_bytes(b"no database")
    with TestClient(create_app(settings), "http://127.0.0.1:8300") as client:
        answer = client.get("/")
    assert answer.status_code == 503
    assert "Traceback" not in answer.text


def test_what_was_asked_for_last_is_kept_and_the_oldest_goes(settings: Settings) -> None:
    publish(settings, "one")
    made: list[int] = []
    with CurrentRelease(settings).using() as release:

        def asked_for(number: int) -> int:
            return release.recent(str(number), lambda: made.append(number) or number)

        assert [asked_for(number) for number in (*range(16), 0, 16, 0, 1)] == [*range(16), 0, 16, 0, 1]
    assert made == [*range(17), 1]  # 0 was looked at again, so that 1 was the oldest when 16 came


def test_at_most_two_texts_are_unpacked_at_a_time(settings: Settings) -> None:
    """Each takes 25 MB, and the promise on memory holds for eight readers."""
    publish(settings, "one")
    at_work, most, lock = 0, 0, threading.Lock()
    both = threading.Barrier(2, timeout=10)

    def unpack() -> str:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        both.wait()  # two do come here together
        with lock:
            at_work -= 1
        return "text"

    with closing(CurrentRelease(settings)) as current, current.using() as release, ThreadPoolExecutor(8) as readers:
        found = list(readers.map(lambda number: release.recent(f"report {number}", unpack), range(8)))
    assert found == ["text"] * 8
    assert most == 2

"""The environment, typed, and the names of folders."""

import re
from pathlib import Path

import pytest

from pipelines import paths
from pipelines.paths import PROJECT_ROOT
from pipelines.settings import Settings, SettingsError


def test_settings_come_from_the_environment_and_say_what_is_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "带 空格"
    folder.mkdir()
    found = Settings.load(environ={"FAZHI_RAW": str(folder), "DAGSTER_HOME": str(tmp_path / "home")})
    assert found.raw_dir == folder and found.dagster_home == tmp_path / "home"
    assert found.release_path == PROJECT_ROOT / "warehouse" / "fazhi.duckdb"
    assert Settings.load(raw_dir=folder, environ={}).reference_dir == PROJECT_ROOT / "raw" / "reference"
    with pytest.raises(SettingsError, match="FAZHI_MAX_BYTES"):
        Settings.load(environ={"FAZHI_MAX_BYTES": "20 MB"})
    with pytest.raises(SettingsError, match="does not exist"):
        Settings.load(raw_dir=tmp_path / "none", environ={}).check_folders()
    for inside in (folder, folder / "warehouse"):
        with pytest.raises(SettingsError, match="lies in the raw folder"):
            Settings.load(folder, inside, {}).check_folders()
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="is a file"):
        Settings.load(raw_dir=tmp_path / "file", environ={}).check_folders()


def test_the_history_lies_in_the_warehouse_unless_dagster_home_is_set(tmp_path: Path) -> None:
    assert Settings.load(environ={}).dagster_home == PROJECT_ROOT / "warehouse" / ".dagster"
    given = Settings.load(warehouse_dir=tmp_path, environ={})
    assert given.dagster_home == tmp_path / ".dagster"
    named = Settings.load(environ={"FAZHI_WAREHOUSE": str(tmp_path), "DAGSTER_HOME": str(tmp_path / "home")})
    assert named.dagster_home == tmp_path / "home"


def test_outside_a_checkout_the_current_folder_counts_and_what_nobody_gave_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not Settings.load(environ={}).assumed
    monkeypatch.setattr(paths, "IN_CHECKOUT", False)
    monkeypatch.chdir(tmp_path)
    found = Settings.load(environ={})
    assert (found.raw_dir, found.warehouse_dir) == (tmp_path / "raw", tmp_path / "warehouse")
    assert found.assumed == {"raw", "warehouse"}
    assert Settings.load(raw_dir=tmp_path, environ={}).assumed == {"warehouse"}
    assert not Settings.load(environ={"FAZHI_RAW": "a", "FAZHI_WAREHOUSE": "b"}).assumed


WRONG = {
    "localhost:8786": "the address of the cluster is 'localhost:8786', expected tls://HOST:PORT",
    "tcp://127.0.0.1": "expected tls://HOST:PORT, or tcp://127.0.0.1:PORT",
    "tcp://127.0.0.1:99999": "expected tls://HOST:PORT",
    "http://127.0.0.1:8786": "expected tls://HOST:PORT",
    "tcp://10.0.0.7:8786": "another host without TLS; expected tls://",
    "tcp://0.0.0.0:8786": "another host without TLS",
    "tls://10.0.0.7:8786": "FAZHI_CLUSTER_CERT is not set, and the cluster tls://10.0.0.7:8786 needs it; name a PEM",
}


@pytest.mark.parametrize("address", WRONG)
def test_a_cluster_on_another_host_needs_tls(address: str, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    environ = {"FAZHI_CLUSTER": address, "FAZHI_CLUSTER_CA": str(tmp_path / "ca.pem")}
    with pytest.raises(SettingsError, match=re.escape(WRONG[address])):
        Settings.load(environ=environ)


def test_a_cluster_has_an_address_and_by_tls_three_files(tmp_path: Path) -> None:
    assert Settings.load(environ={}).cluster is None
    for host in ("127.0.0.1", "localhost", "[::1]"):
        found = Settings.load(environ={"FAZHI_CLUSTER": f"tcp://{host}:8786"}).cluster
        assert found is not None and (found.port, found.is_tls) == (8786, False)
    files = {f"FAZHI_CLUSTER_{name}": str(tmp_path / name) for name in ("CA", "CERT", "KEY")}
    environ = {"FAZHI_CLUSTER": "tls://10.0.0.7:8786", **files}
    with pytest.raises(SettingsError, match=r"FAZHI_CLUSTER_CA is .*, which is no file that can be read"):
        Settings.load(environ=environ)
    for path in files.values():
        Path(path).touch()
    found = Settings.load(environ=environ).cluster
    assert found is not None and found.is_tls and found.host == "10.0.0.7" and found.key == tmp_path / "KEY"
    with pytest.raises(SettingsError, match="FAZHI_BATCH_SECONDS is '0'"):
        Settings.load(environ={"FAZHI_BATCH_SECONDS": "0"})


def test_links_to_the_workbench_go_where_it_is_said_to_be() -> None:
    assert Settings.load(environ={}).web_url == "http://127.0.0.1:8300"
    assert Settings.load(environ={"FAZHI_WEB_URL": " https://w.example/fz/ "}).web_url == "https://w.example/fz"
    with pytest.raises(SettingsError, match="FAZHI_WEB_URL is 'javascript:1', expected an address"):
        Settings.load(environ={"FAZHI_WEB_URL": "javascript:1"})

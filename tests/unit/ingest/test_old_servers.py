"""Old servers: TLS 1.0, short keys and incomplete chains, read where an entry says so and verified all the same."""

import ssl
import warnings
from pathlib import Path

import pytest
import trustme
from fake_site import HOST, Bench, Reply, listing, page

from pipelines.build.toml_file import SchemaError
from pipelines.ingest.sources import load_sources
from pipelines.ingest.tally import Tally

pytest_plugins = ("site_fixture",)

# the second group of RFC 2409: 1024 bits, fewer than Python takes
SHORT_KEY = """\
-----BEGIN DH PARAMETERS-----
MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJR
Sgh5jjQE3e+VGbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL
/1y29Aa37e44a/taiZ+lrp8kEXxLH+ZJKGZR7OZTgf//////////AgEC
-----END DH PARAMETERS-----
"""


class OldSite:
    """The site behind a certificate of an authority that nobody knows; its server leaves the one between out."""

    def __init__(self, bench: Bench, name: str = HOST) -> None:
        self.bench = bench
        self.authority = trustme.CA(key_type=trustme.KeyType.RSA)
        self.between = self.authority.create_child_ca(key_type=trustme.KeyType.RSA)
        leaf = self.between.issue_cert(name, key_type=trustme.KeyType.RSA)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with leaf.private_key_pem.tempfile() as key, leaf.cert_chain_pems[0].tempfile() as own:
            self.context.load_cert_chain(own, key)

    def serve(self) -> None:
        site = self.bench.site
        site.encrypt(self.context)
        site.routes = {"/list/": Reply(listing(("/a.html", "年度报告", ""))), "/a.html": Reply(page("<p>一</p>"))}

    def certificates(self, *authorities: trustme.CA) -> str:
        path = self.bench.raw / "reference" / "x.pem"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"".join(one.cert_pem.bytes() for one in authorities))
        return str(path)

    def fetch(self, **fields: object) -> Tally:
        (tally,) = self.bench.fetch(self.source(**fields))
        return tally

    def source(self, host: str = HOST, **fields: object):  # type: ignore[no-untyped-def]
        return self.bench.source(start=self.bench.site.url("/list/", host).replace("http:", "https:"), **fields)


@pytest.fixture
def old(bench: Bench) -> OldSite:
    return OldSite(bench)


def test_an_incomplete_chain_is_read_with_the_certificates_that_are_missing(old: OldSite) -> None:
    old.serve()
    assert "CERTIFICATE_VERIFY_FAILED" in old.fetch().problems[0].reason
    assert "extra_ca" in old.fetch().problems[0].reason
    root_alone = old.fetch(extra_ca=old.certificates(old.authority))
    assert "CERTIFICATE_VERIFY_FAILED" in root_alone.problems[0].reason and root_alone.is_failed
    both = old.certificates(old.authority, old.between)
    tally = old.fetch(extra_ca=both)
    assert tally.outcomes == {"new": 1} and not tally.problems
    assert [line for line in tally.notes if HOST in line and both in line]


def test_the_certificates_hold_for_the_hosts_of_their_entry_alone(old: OldSite) -> None:
    old.serve()
    both = old.certificates(old.authority, old.between)
    trusting = old.source(extra_ca=both)
    other = old.source("other.example", id="other", attachments=())
    plain, strict = old.bench.fetch(trusting, other)
    assert plain.outcomes == {"new": 1} and not strict.outcomes and strict.notes == []
    assert "CERTIFICATE_VERIFY_FAILED" in strict.problems[0].reason


def test_the_name_is_verified_with_all_that_is_lenient(bench: Bench) -> None:
    wrong = OldSite(bench, "another.example")
    wrong.serve()
    tally = wrong.fetch(extra_ca=wrong.certificates(wrong.authority, wrong.between), tls="legacy")
    assert "Hostname mismatch" in tally.problems[0].reason and not tally.outcomes
    assert "CERTIFICATE_VERIFY_FAILED" in wrong.fetch(tls="legacy").problems[0].reason


@pytest.mark.parametrize("kind", ["TLS 1.0", "short key"])
def test_old_tls_is_spoken_where_the_entry_says_so(old: OldSite, tmp_path: Path, kind: str) -> None:
    if kind == "TLS 1.0":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            old.context.minimum_version = old.context.maximum_version = ssl.TLSVersion.TLSv1
        old.context.set_ciphers("DEFAULT@SECLEVEL=0")
    else:
        (tmp_path / "dh.pem").write_text(SHORT_KEY, encoding="ascii")
        old.context.maximum_version = ssl.TLSVersion.TLSv1_2
        old.context.set_ciphers("DHE-RSA-AES128-GCM-SHA256@SECLEVEL=0")
        old.context.load_dh_params(tmp_path / "dh.pem")
    old.serve()
    both = old.certificates(old.authority, old.between)
    modern = old.fetch(extra_ca=both)
    assert not modern.outcomes and "SSL" in modern.problems[0].reason
    tally = old.fetch(extra_ca=both, tls="legacy")
    assert tally.outcomes == {"new": 1} and not tally.problems
    assert [line for line in tally.notes if "old TLS" in line]


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nMIIB\n"])
def test_a_file_without_certificates_is_a_mistake_of_the_entry(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "x.pem").write_bytes(content)
    entry = 'id = "a"\nname = "石浦镇"\ndivision = "330225"\nstart = "https://x.example/"\nextra_ca = "x.pem"\n'
    (tmp_path / "sources.toml").write_text(f"[[site]]\n{entry}", encoding="utf-8")
    with pytest.raises(SchemaError, match=r"site a, extra_ca: found 'x\.pem' \(.+\), allowed a file of certificates"):
        load_sources(tmp_path / "sources.toml")
    with pytest.raises(SchemaError, match="found 'off', allowed 'modern' or 'legacy'"):
        (tmp_path / "sources.toml").write_text(f'[[site]]\n{entry}tls = "off"\n', encoding="utf-8")
        load_sources(tmp_path / "sources.toml")


def test_the_path_of_certificates_starts_at_the_file_of_sites(old: OldSite) -> None:
    old.certificates(old.authority)
    entry = 'id = "a"\nname = "石浦镇"\ndivision = "330225"\nstart = "https://x.example/"\n'
    path = old.bench.raw / "sources.toml"
    path.write_text(f'[[site]]\n{entry}extra_ca = "reference/x.pem"\n', encoding="utf-8")
    assert [source.extra_ca for source in load_sources(path)] == [str(old.bench.raw / "reference" / "x.pem")]

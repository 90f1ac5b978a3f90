"""The name of a report, by which every table knows it."""

import hashlib


def report_id(raw_path: str, raw_sha256: str | None) -> str:
    """The 16 hex digits that name a report: the same bytes at the same path are the same report."""
    return hashlib.sha256(f"{raw_path}\n{raw_sha256 or ''}".encode()).hexdigest()[:16]

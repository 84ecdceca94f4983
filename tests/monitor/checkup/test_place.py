"""What the program stands on, as it is here and as it could be elsewhere."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.checkup.place import encoding, time_zone, versions
from monitor.store.examined import sqlite_version

NOW = datetime(2025, 7, 21, tzinfo=UTC)


def test_the_versions_stand_in_one_line() -> None:
    found = versions(sqlite_version())
    assert found.ok
    for name in (f"Python {sys.version_info.major}.", "SQLite 3.", "scrapy 2.", "zhaoshang "):
        assert name in found.words


def test_an_sqlite_without_strict_tables_is_too_old() -> None:
    assert versions((3, 37, 0)).ok
    found = versions((3, 36, 0))
    assert found.ok is False
    assert "3.37.0 or newer" in found.todo


def test_a_package_that_is_missing_is_named() -> None:
    found = versions(sqlite_version(), ("scrapy", "no-such-package-here"))
    assert found.ok is False
    assert found.words == "no-such-package-here is not installed"


def test_the_zone_is_told_with_its_offset_and_where_its_data_come_from() -> None:
    found = time_zone("Asia/Shanghai", NOW)
    assert found.ok
    assert "Asia/Shanghai is UTC+08:00" in found.words
    assert "tzdata 20" in found.words
    assert "UTC-02:30" in time_zone("America/St_Johns", NOW).words


def test_a_zone_that_is_not_known_here_is_told() -> None:
    assert "No/Where" in time_zone("No/Where", NOW).words
    assert time_zone("No/Where", NOW).ok is False


def test_data_that_put_shanghai_elsewhere_are_told(tmp_path: Path) -> None:
    """As on a system whose zone files were overwritten: a real file, with UTC in it."""
    utc = b"TZif" + bytes(16) + b"".join(n.to_bytes(4, "big") for n in (0, 0, 0, 0, 1, 4)) + bytes(6) + b"UTC\x00"
    wrong_file = tmp_path / "Shanghai"
    wrong_file.write_bytes(utc)

    def load(name: str) -> ZoneInfo:
        with wrong_file.open("rb") as file:
            return ZoneInfo.from_file(file, name)

    found = time_zone("Asia/Shanghai", NOW, load)
    assert found.ok is False
    assert "instead of 8:00" in found.words


@pytest.mark.parametrize(
    ("output", "files", "ok"),
    [
        ("utf-8", "utf-8", True),
        ("gb18030", "utf-8", True),
        ("ascii", "utf-8", False),
        ("utf-8", "ascii", False),
        (None, "utf-8", False),
        ("no-such-encoding", "utf-8", False),
    ],
)
def test_whether_chinese_can_be_printed_and_stand_in_file_names(output: str | None, files: str, ok: bool) -> None:
    found = encoding(output, files)
    assert found.ok is ok
    assert ok or "PYTHONUTF8=1" in found.todo

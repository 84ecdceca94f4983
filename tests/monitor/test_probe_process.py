"""The probe as a child process: what is said when it does not answer."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import probe_process
from monitor.config import Config
from monitor.errors import ZhaoshangError
from monitor.probe_process import Question, probe_listing, probe_post
from monitor.setup import SAMPLE, Setup

NOW = datetime(2025, 7, 21, tzinfo=UTC)


def test_a_file_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    found = probe_listing(Setup(Config(), None, tmp_path), Question(str(SAMPLE)), NOW)
    assert (len(found.entries), len(found.skipped), found.trouble) == (9, 1, "")


def test_a_child_that_ends_without_an_answer_is_told_with_its_last_line(tmp_path: Path) -> None:
    setup = Setup(Config().model_copy(update={"timezone": "No/Where"}), None, tmp_path)
    with pytest.raises(ZhaoshangError, match=r"ended without an answer: .*'No/Where' is no time zone"):
        probe_listing(setup, Question(str(SAMPLE)), NOW)


def test_a_child_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe_process, "_FILE_SECONDS", 0.01)
    with pytest.raises(ZhaoshangError, match=r"took longer than 0.01 s"):
        probe_post(Setup(Config(), None, tmp_path), Question(str(SAMPLE)), NOW)


def test_a_file_whose_name_looks_like_an_option_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("--post").write_bytes(SAMPLE.read_bytes())
    assert len(probe_listing(Setup(Config(), None, tmp_path), Question("--post"), NOW).entries) == 9

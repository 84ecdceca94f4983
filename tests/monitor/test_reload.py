"""Following zhaoshang.toml: what counts as a change, what a broken file does, and what crawls are given to read."""

import logging
import os
import re
from importlib.resources import files
from pathlib import Path

import pytest

from monitor.reload import FollowedSetup
from monitor.setup import Setup, load_setup

TWO = """
[[source]]
name = "a"
url = "saved/a.txt"
[[source]]
name = "b"
url = "https://b.example/"
"""


class Followed:
    """A file that is edited, and what following it says."""

    def __init__(self, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
        self.path = folder / "zhaoshang.toml"
        self.caplog = caplog
        self.edits = 0
        self.write(TWO)
        self.followed = FollowedSetup(load_setup(self.path))
        assert self.look() == ""

    def write(self, text: str, *, settled: bool = True) -> None:
        self.path.write_text(text, encoding="utf-8")
        self.edits += 1
        if settled:  # long ago, and each edit at a time of its own
            os.utime(self.path, (1_000_000 + self.edits, 1_000_000 + self.edits))

    def look(self) -> str | None:
        """Look, and put in force what changed; its words."""
        change = self.followed.look()
        if change is None:
            return None
        self.followed.accept(change)
        return change.words

    @property
    def setup(self) -> Setup:
        return self.followed.setup

    @property
    def names(self) -> list[str]:
        return [source.name for source in self.setup.config.source]

    @property
    def errors(self) -> list[str]:
        return [record.getMessage() for record in self.caplog.records if record.levelno >= logging.ERROR]


@pytest.fixture
def followed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Followed:
    return Followed(tmp_path, caplog)


def test_a_file_that_stays_as_it_is_is_no_change(followed: Followed) -> None:
    assert followed.look() is None
    followed.path.touch()
    assert followed.look() == ""


def test_a_change_is_put_in_force_and_told_in_words(followed: Followed) -> None:
    followed.write(
        '[crawl]\ndelay = 3\n[[source]]\nname = "b"\nurl = "https://b.example/"\npaused = true\n'
        '[[source]]\nname = "c"\nurl = "https://c.example/"\n[[audience]]\nname = "boss"\nschedule = "daily 08:00"\n'
        '[channel.disk]\ntype = "file"\n[operator]\nalert_after = 5\n'
    )
    assert followed.look() == (
        "source b is paused; source c is new; source a is gone; audience boss is new; audience everyone is gone; "
        "channel disk is new; [crawl] is changed; [operator] is changed"
    )
    assert followed.names == ["b", "c"]
    followed.write(TWO.replace("https://b.example/", "https://b.example/other/"))
    assert "source b is changed" not in (words := followed.look() or "")
    assert "source b is resumed" in words
    followed.write(TWO)
    assert followed.look() == "source b is changed"


def test_a_change_that_was_not_accepted_is_seen_again(followed: Followed) -> None:
    followed.write(TWO + '[[source]]\nname = "c"\nurl = "https://c.example/"\n')
    assert followed.followed.look() is not None
    assert followed.names == ["a", "b"]
    assert followed.look() == "source c is new"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[source]\n", "is not valid TOML"),
        (TWO + 'evry = "1h"\n', "unknown key 'evry'"),
        (TWO + "label = ''\n", "a label pattern cannot be empty"),
    ],
)
def test_a_broken_file_is_told_once_and_what_was_read_before_stays_in_force(
    followed: Followed, text: str, words: str
) -> None:
    followed.write(text)
    assert followed.look() is None
    assert followed.look() is None
    (line,) = followed.errors
    assert words in line
    assert "\n" not in line
    assert str(followed.path) in line
    assert followed.names == ["a", "b"]
    assert followed.setup.config_path is not None
    assert load_setup(followed.setup.config_path).config.source == followed.setup.config.source
    followed.write(TWO)
    assert followed.look() == "it can be read again"


def test_a_file_that_is_just_being_written_is_waited_for(followed: Followed) -> None:
    followed.write("[[source", settled=False)
    assert followed.look() is None
    assert followed.errors == []
    followed.write(TWO, settled=False)
    assert followed.look() == ""


def test_a_file_that_is_gone_is_told_once_when_it_stays_away(followed: Followed) -> None:
    followed.path.unlink()
    assert followed.look() is None
    assert followed.errors == []
    assert [followed.look(), followed.look()] == [None, None]
    (line,) = followed.errors
    assert "there is no such file" in line
    followed.write(TWO)
    assert followed.look() == "it can be read again"


def test_what_only_a_restart_can_change_is_told_and_held_back(followed: Followed, tmp_path: Path) -> None:
    followed.write('data_dir = "elsewhere"\ntimezone = "Asia/Urumqi"\n[crawl]\nparallel = 5\ndelay = 2\n' + TWO)
    assert followed.look() == (
        "[crawl] is changed; data_dir, timezone, crawl.parallel: restart the daemon to put it in force"
    )
    for setup in (followed.setup, load_setup(followed.setup.config_path)):
        assert setup.data_dir == tmp_path / "data"
        assert setup.config.timezone == "Asia/Shanghai"
        assert (setup.config.crawl.parallel, setup.config.crawl.delay) == (2, 2.0)


def test_crawls_read_a_copy_that_means_the_same(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    template = files("monitor.cli").joinpath("zhaoshang.toml.template").read_text(encoding="utf-8")
    text = re.sub(r"^# (?=[\w.]+ = |\[)", "", template, flags=re.MULTILINE)
    text = text.replace('password_env = "ZHAOSHANG_SMTP_PASSWORD"', 'password_file = "smtp.password"')
    followed = Followed(tmp_path, caplog)
    followed.write(text + TWO + '[channel."a-b"]\ntype = "file"\n')
    assert "channel mail is new" in (followed.look() or "")
    copy = followed.setup.config_path
    assert copy is not None
    assert copy != followed.path
    original, copied = load_setup(followed.path), load_setup(copy)
    assert copied.data_dir == original.data_dir
    same = {"data_dir": original.config.data_dir}
    assert copied.config.model_copy(update=same) == original.config


def test_a_copy_that_cannot_be_written_is_told_once_and_tried_again(followed: Followed, tmp_path: Path) -> None:
    copy = tmp_path / "data" / "in-force.toml"
    copy.unlink()
    copy.mkdir()
    (copy / "x").touch()
    followed.write(TWO.replace("https://b.example/", "https://b.example/other/"))
    assert [followed.look(), followed.look()] == [None, None]
    (line,) = followed.errors
    assert f"{copy}: cannot be written" in line
    (copy / "x").unlink()
    copy.rmdir()
    assert followed.look() == "source b is changed"


def test_without_a_file_there_is_nothing_to_follow(tmp_path: Path) -> None:
    assert FollowedSetup(load_setup(cwd=tmp_path)).look() is None

"""Changing zhaoshang.toml on disk: by several at once, through a link, and never to something that is not valid."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from monitor import config_file
from monitor.errors import ConfigError, SourceError
from monitor.setup import Setup, load_setup
from monitor.source_tables import add_table, remove_table

ROOT = Path(config_file.__file__).parent.parent
ONE = '# mine\n[[source]]\nname = "a"\nurl = "https://a.example/"\n'
TABLE = {"name": "b", "url": "https://b.example/"}


def add(text: str) -> str:
    return add_table(text, TABLE)


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    (tmp_path / "zhaoshang.toml").write_text(ONE, encoding="utf-8")
    return load_setup(tmp_path / "zhaoshang.toml")


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file() or path.is_symlink())


def test_an_edit_keeps_the_rights_of_the_file_and_leaves_nothing_beside_it(setup: Setup, tmp_path: Path) -> None:
    path = tmp_path / "zhaoshang.toml"
    path.chmod(0o640)
    now = config_file.edit(setup, add)
    assert [source.name for source in now.config.source] == ["a", "b"]
    assert path.read_text(encoding="utf-8").startswith(ONE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert files(tmp_path) == ["zhaoshang.toml"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "real" / "config.toml"
    real.parent.mkdir()
    real.write_text(ONE, encoding="utf-8")
    link = tmp_path / "zhaoshang.toml"
    link.symlink_to(real)
    config_file.edit(load_setup(cwd=tmp_path), add)
    assert link.is_symlink()
    assert 'name = "b"' in real.read_text(encoding="utf-8")
    assert files(real.parent) == ["config.toml"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: add_table(text, TABLE | {"every": "soon"}), "source[2].every: 'soon' is no duration"),
        (lambda text: add_table(text, TABLE | {"name": "a"}), "there is more than one source named 'a'"),
        (lambda text: add_table(text, TABLE | {"url": "ftp://b.example/"}), "[[source]] b: url"),
        (lambda text: text + "[crawl\n", "is not valid TOML"),
    ],
)
def test_what_would_not_be_valid_is_not_written_and_named_by_the_file(setup: Setup, tmp_path: Path, change, words):
    for edit in (config_file.edit, config_file.check):
        with pytest.raises(ConfigError) as refused:
            edit(setup, change)
        assert words in str(refused.value)
        assert f"{tmp_path}/zhaoshang.toml: " in str(refused.value)
        assert (tmp_path / "zhaoshang.toml").read_text(encoding="utf-8") == ONE
    assert files(tmp_path) == ["zhaoshang.toml"]


def test_a_check_writes_nothing(setup: Setup, tmp_path: Path) -> None:
    config_file.check(setup, add)
    assert (tmp_path / "zhaoshang.toml").read_text(encoding="utf-8") == ONE
    assert files(tmp_path) == ["zhaoshang.toml"]


def test_an_edit_that_changes_nothing_leaves_the_very_file(setup: Setup, tmp_path: Path) -> None:
    inode = (tmp_path / "zhaoshang.toml").stat().st_ino
    config_file.edit(setup, lambda text: text)
    assert (tmp_path / "zhaoshang.toml").stat().st_ino == inode


def test_errors_of_the_change_say_which_file(setup: Setup, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no source named 'x'") as refused:
        config_file.edit(setup, lambda text: remove_table(text, "x"))
    assert refused.value.where == str(tmp_path / "zhaoshang.toml")


def test_an_editor_that_saves_in_between_is_not_overwritten(setup: Setup, tmp_path: Path) -> None:
    path = tmp_path / "zhaoshang.toml"

    def change(text: str) -> str:
        path.write_text("# theirs\n" + ONE, encoding="utf-8")
        return add(text)

    with pytest.raises(ConfigError, match="was changed by another program"):
        config_file.edit(setup, change)
    assert path.read_text(encoding="utf-8") == "# theirs\n" + ONE


def test_without_a_file_the_user_is_told_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="zhaoshang init"):
        config_file.edit(load_setup(cwd=tmp_path), add)


def test_a_file_that_is_not_utf8_is_refused(setup: Setup, tmp_path: Path) -> None:
    (tmp_path / "zhaoshang.toml").write_bytes("# 招商".encode("gbk"))
    with pytest.raises(ConfigError, match="is not UTF-8"):
        config_file.edit(setup, add)


def test_windows_line_ends_and_byte_order_mark_reach_the_disk_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "zhaoshang.toml"
    before = b"\xef\xbb\xbf" + ONE.replace("\n", "\r\n").encode()
    path.write_bytes(before)
    config_file.edit(load_setup(path), add)
    assert path.read_bytes().startswith(before)
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n")


def test_two_processes_that_edit_at_once_lose_nothing(setup: Setup) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom monitor import config_file\nfrom monitor.setup import load_setup\n"
        "from monitor.source_tables import add_table\nsetup = load_setup(Path(sys.argv[1]))\n"
        "print('ready', flush=True)\nsys.stdin.readline()\n"
        "for n in range(8):\n"
        "    table = {'name': f'{sys.argv[2]}{n}', 'url': 'https://b.example/'}\n"
        "    config_file.edit(setup, lambda text: add_table(text, table))\n"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(setup.config_path), name],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("p", "q")
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in started:
        process.communicate(timeout=60)
        assert process.returncode == 0
    names = {source.name for source in load_setup(setup.config_path).config.source}
    assert names == {"a"} | {f"{name}{n}" for name in "pq" for n in range(8)}

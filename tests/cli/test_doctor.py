"""`zhaoshang doctor` and `check-config` as a user runs them: a line each, what to do, and the exit code."""

import json
import os
import pty
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from monitor.reload import COPY_NAME

ROOT = Path(__file__).parent.parent.parent
HELP = (ROOT / "docs" / "when-something-is-wrong.md").read_text(encoding="utf-8")
NOW = ("--now", "2025-07-21T09:00+08:00")
GOOD = """
[[source]]
name = "zs"
url = "dump.txt"
[operator]
channels = ["file"]
"""


@pytest.fixture(scope="module")
def crawled_once(tmp_path_factory):
    """A folder with a source in a file, crawled just now."""
    folder = tmp_path_factory.mktemp("crawled")
    sample = next((ROOT / "crawler" / "samples").glob("*.txt"))
    (folder / "dump.txt").write_bytes(sample.read_bytes())
    (folder / "zhaoshang.toml").write_text(GOOD, encoding="utf-8")
    crawl = [sys.executable, "-m", "monitor.cli", "crawl"]
    done = subprocess.run(crawl, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def well(workplace, crawled_once):
    """A workplace in which nothing is wrong."""
    shutil.copytree(crawled_once, workplace.path, dirs_exist_ok=True)
    return workplace


def marks(text: str) -> dict[str, str]:
    """Of each subject the mark of its last line."""
    return {line[4:].partition(":")[0]: line[:2] for line in text.splitlines()}


def test_where_all_is_well_every_line_is_ok_or_advice(well):
    before = sorted(well.path.rglob("*"))
    done = well.zhaoshang("doctor")
    assert done.returncode == 0, done.stdout
    assert done.stderr == ""
    assert set(marks(done.stdout).values()) == {"OK", "--"}
    for subject in ("configuration", "versions", "time zone", "encoding", "folders", "owners", "disk", "database"):
        assert marks(done.stdout)[subject] == "OK"
    for subject in ("archive", "clock", "channel file", "source zs", "operator"):
        assert subject in marks(done.stdout)
    assert "9 posts" in done.stdout
    assert sorted(well.path.rglob("*")) == before  # it looks, and leaves nothing behind


def test_before_the_first_crawl_nothing_is_wrong_and_nothing_is_made(workplace):
    workplace.configure(GOOD.replace("dump.txt", "zhaoshang.toml"))
    assert workplace.zhaoshang("doctor").returncode == 0
    assert [path.name for path in workplace.path.iterdir()] == ["zhaoshang.toml"]


def test_everything_that_is_wrong_is_told_at_once_with_what_to_do(well):
    (well.path / "dump.txt").unlink()
    content = well.database.read_bytes()
    well.database.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))
    well.configure(
        GOOD + '[channel.mail]\ntype = "email"\nhost = "127.0.0.1"\nport = 1\nsender = "z@example.cn"\n'
        'recipients = ["a@example.cn"]\n'
    )
    done = well.zhaoshang("doctor")
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    wrong = [line for line in done.stdout.splitlines() if line.startswith("!!")]
    for words in ("damaged", "there is no file", "channel mail (127.0.0.1:1): cannot be reached"):
        assert any(words in line and "; " in line for line in wrong), words
    assert well.zhaoshang("doctor", "--offline").stdout.count("(not connected)") == 1


def test_as_json_each_finding_has_its_parts_and_each_subject_its_row_in_the_documentation(well):
    well.configure(GOOD + '[channel.mail]\ntype = "email"\nhost = "a"\nsender = "z@a.cn"\nrecipients = ["a@a.cn"]\n')
    told = json.loads(well.zhaoshang("doctor", "--offline", "--json").stdout)
    assert told["ok"] is True
    assert all(set(one) == {"subject", "ok", "words", "todo"} for one in told["findings"])
    subjects = {one["subject"] for one in told["findings"]} | {"browser", "sources"}
    for subject in subjects:
        kind = subject.split()[0] if subject.startswith(("channel ", "source ")) else subject
        assert f"| {kind} |" in HELP, subject
    (well.path / "dump.txt").unlink()
    broken = well.zhaoshang("doctor", "--json", "--offline")
    assert broken.returncode == 1
    assert json.loads(broken.stdout)["ok"] is False


def test_a_broken_configuration_is_one_line_and_the_rest_goes_on(well):
    (well.data / COPY_NAME).write_text(f'data_dir = "{well.data}"\n{GOOD}'.replace("dump.txt", f"{well.path}/dump.txt"))
    well.configure("[crawl]\ndelai = 2\n")
    done = well.zhaoshang("doctor")
    assert done.returncode == 1
    first, second, *rest = done.stdout.splitlines()
    assert first.startswith("!!  configuration: ")
    assert "unknown key 'delai'" in first
    assert second.startswith("--  configuration: what follows goes by ")
    assert "9 posts" in done.stdout
    assert marks(done.stdout)["source zs"] == "OK"
    assert not any(line.startswith("!!") for line in rest)


def test_with_a_given_time_the_clock_is_left_alone_and_a_wrong_one_is_one_line(well):
    done = well.zhaoshang(*NOW, "doctor", "--offline")
    assert "--  clock: not looked at" in done.stdout
    wrong = well.zhaoshang("--now", "yesterday", "doctor")
    assert wrong.returncode == 1
    assert "is no time" in wrong.stderr
    assert "Traceback" not in wrong.stderr


def test_an_output_that_cannot_hold_chinese_is_a_finding_and_no_end(well):
    done = well.zhaoshang("doctor", "--offline", PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert "!!  encoding: standard output: ascii cannot hold Chinese; set PYTHONUTF8=1" in done.stdout
    assert "channel file" in done.stdout


def test_a_site_says_what_time_it_is(workplace, site):
    workplace.configure(f'[[source]]\nname = "zs"\nurl = "{site.url}/list.html"\n')
    assert "OK  clock: agrees with 127.0.0.1 to " in workplace.zhaoshang("doctor").stdout
    assert "agrees" not in workplace.zhaoshang("doctor", "--offline").stdout


def test_a_terminal_shows_what_is_being_looked_at(workplace):
    """And what is shown is taken back before the line of the finding."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "monitor.cli", "doctor", "--offline"]
    subprocess.run(command, cwd=workplace.path, stdout=subprocess.DEVNULL, stderr=theirs, check=True, timeout=60)
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert "…   database\r\x1b[K" in shown


@pytest.mark.long
def test_a_daemon_at_work_is_seen_and_not_disturbed(well):
    daemon = well.start("run", "--tick", "0.3")
    try:
        deadline = time.monotonic() + 40
        while "started as process" not in (well.path / "daemon.log").read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        done = well.zhaoshang("doctor")
        assert done.returncode == 0, done.stdout
        assert f"OK  daemon: runs as process {daemon.pid} since " in done.stdout
        daemon.terminate()
        assert daemon.wait(timeout=30) == 0
    finally:
        daemon.kill()
        daemon.wait()
    assert "--  daemon: none is running" in well.zhaoshang("doctor").stdout


def test_check_config_looks_at_no_database_where_there_can_be_no_folder(workplace):
    workplace.configure('data_dir = "taken"\n')
    (workplace.path / "taken").write_text("not a folder")
    done = workplace.zhaoshang("check-config")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("!!  folders: ")
    assert "database" not in done.stdout


def test_check_config_is_told_in_the_same_lines_as_doctor(well):
    quick = set(well.zhaoshang("check-config").stdout.splitlines())
    assert quick <= set(well.zhaoshang("doctor").stdout.splitlines())
    assert {line.partition(":")[0] for line in quick} == {
        "OK  configuration",
        "OK  channel file",
        "OK  source zs",
        "OK  folders",
        "OK  database",
        "OK  archive",
    }

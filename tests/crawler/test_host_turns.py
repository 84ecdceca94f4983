"""One pace for a host among all crawls of a machine: who may ask it when, and what is left of that after a crash."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.host_turns import (
    FLOOR_HOLDS,
    LONGEST_ALONE,
    HostState,
    HostTurns,
    Turn,
    boot_id,
    file_name,
    read_state,
    since_start,
    write_state,
)
from crawler.politeness import stretched

HOST = "www.example.cn"


class Hand:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Hand()


@pytest.fixture
def two(tmp_path, clock):
    """Two crawls that share a folder."""
    return HostTurns(tmp_path / "hosts", clock), HostTurns(tmp_path / "hosts", clock)


# -- who may ask when --------------------------------------------------------------------------------------------------


def test_two_crawls_take_turns_at_a_host_and_not_at_two(two, clock):
    one, other = two
    assert one.take(HOST, gap=1.0).wait == 0
    assert other.take(HOST, gap=1.0).wait == 1.0
    assert other.take("www.example.com", gap=1.0).wait == 0
    clock.now += 0.75
    assert one.take(HOST, gap=1.0).wait == 0.25
    clock.now += 0.25
    assert other.take(HOST, gap=1.0).wait == 0
    assert one.take(HOST, gap=1.0).wait == 1.0


def test_a_turn_that_is_waited_for_is_not_kept_for_anybody(two, clock):
    one, other = two
    one.take(HOST, gap=1.0)
    assert other.take(HOST, gap=1.0).wait == 1.0  # and then it is killed
    clock.now += 1.0
    assert one.take(HOST, gap=1.0).wait == 0


def test_a_slow_host_rests_from_all_and_its_crawl_keeps_that_by_itself(two):
    one, other = two
    one.take(HOST, gap=1.0, rest=10.0)
    assert (one.take(HOST, gap=1.0).wait, other.take(HOST, gap=1.0).wait) == (1.0, 10.0)


def test_the_pace_that_a_host_asked_for_is_kept_by_who_has_not_heard_of_it_and_for_a_while_after(two, clock):
    one, other = two
    one.take(HOST, gap=10.0, asked=10.0)
    clock.now += 10.0
    assert other.take(HOST, gap=1.0).wait == 0
    assert one.take(HOST, gap=10.0, asked=10.0).wait == 10.0
    clock.now += FLOOR_HOLDS
    other.take(HOST, gap=1.0)
    assert one.take(HOST, gap=1.0).wait == 1.0


def test_a_host_that_is_busy_is_left_alone_by_all_and_no_longer_than_a_day(two, clock):
    one, other = two
    one.leave_alone(HOST, 300.0)
    one.leave_alone(HOST, 5.0)
    assert other.take(HOST, gap=1.0) == one.take(HOST, gap=1.0) == Turn(300.0, alone=True)
    clock.now += 300.0
    assert other.take(HOST, gap=1.0) == Turn()
    one.leave_alone(HOST, 1e9)
    assert other.take(HOST, gap=1.0) == Turn(LONGEST_ALONE, alone=True)


def test_without_a_delay_nothing_is_written_and_what_others_wrote_is_heeded(two, tmp_path):
    one, other = two
    assert one.take(HOST, gap=0.0) == Turn()
    assert not (tmp_path / "hosts").exists()
    other.leave_alone(HOST, 5.0)
    assert one.take(HOST, gap=0.0) == Turn(5.0, alone=True)


def test_waiting_is_stretched_by_half_a_gap_at_most_and_hardly_when_it_is_short():
    assert stretched(Turn(5.0), 1.0, lambda _, most: most) == 5.5
    assert stretched(Turn(0.004), 1.0, lambda _, most: most) == pytest.approx(0.006)
    assert stretched(Turn(5.0), 1.0, lambda least, _: least) == 5.0


# -- the file ----------------------------------------------------------------------------------------------------------


def test_what_is_written_is_read_back():
    state = HostState("crawl", 1001.0, 1010.0, 1300.0, 2.0, 1600.0)
    assert read_state(write_state(state, "boot"), "boot", 1000.0) == state


def test_nothing_is_believed_of_another_start_of_the_machine_or_of_a_clock_that_runs_ahead():
    state = HostState("crawl", 1001.0, 1010.0, 1300.0, 2.0, 1600.0)
    assert read_state(write_state(state, "boot"), "another boot", 1000.0) == HostState()
    ahead = read_state(write_state(HostState("crawl", 1e9, 1e9, 1e9, 1e9, 1e9), ""), "", 1000.0)
    assert ahead == HostState("crawl")
    assert ahead.turn("another", 1000.0) == Turn()


@given(
    st.one_of(
        st.binary(),
        st.dictionaries(st.text(), st.none() | st.floats() | st.text()).map(lambda some: json.dumps(some).encode()),
        st.floats().map(lambda moment: write_state(HostState("", moment, moment, moment, moment, moment), "boot")),
    )
)
def test_whatever_a_file_says_nobody_waits_longer_than_ever_is_written(text):
    turn = read_state(text, "boot", 1000.0).turn("crawl", 1000.0)
    assert 0 <= turn.wait <= LONGEST_ALONE


@given(st.text())
def test_any_host_is_a_file_name_of_its_own(host):
    name = file_name(host)
    assert "/" not in name
    assert name not in ("", ".", "..")
    assert len(name.encode()) <= 128


def test_one_host_has_one_file_however_it_is_spelled():
    assert file_name("WWW.Example.cn.") == file_name("www.example.cn") == "www.example.cn"
    assert file_name("招商.example.cn") == file_name("xn--czrx92a.example.cn")
    assert file_name("..") != file_name("../..")


def test_all_processes_see_the_same_clock():
    before = since_start()
    ask = "from crawler.host_turns import boot_id, since_start; print(boot_id(), since_start())"
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout.split()
    assert before < float(said[-1]) < since_start()
    assert said[:-1] == boot_id().split()


def test_a_garbled_file_is_mended(two, tmp_path):
    one, other = two
    one.take(HOST, gap=1.0)
    (tmp_path / "hosts" / HOST).write_bytes(b'{"taker": "x", "fre' + b"x" * 5000)
    assert other.take(HOST, gap=1.0) == Turn()
    assert one.take(HOST, gap=1.0).wait == 1.0


def test_old_files_are_swept_away_and_others_are_not(two, tmp_path):
    one, other = two
    one.take(HOST, gap=1.0)
    one.take("www.example.com", gap=1.0)
    os.utime(tmp_path / "hosts" / HOST, (0, 0))
    other.take("www.example.org", gap=1.0)
    assert sorted(path.name for path in (tmp_path / "hosts").iterdir()) == ["www.example.com", "www.example.org"]


# -- when it cannot be had ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", ["no data directory", "a file in its place", "a folder in the file's place"])
def test_without_a_file_every_turn_is_free_and_that_is_said_once(tmp_path, caplog, trouble):
    folder = tmp_path / "data" / "hosts"
    if trouble == "a file in its place":
        (tmp_path / "data").write_text("")
    elif trouble == "a folder in the file's place":
        (folder / HOST).mkdir(parents=True)
    turns = HostTurns(folder)
    for _ in range(3):
        assert turns.take(HOST, gap=1.0) == Turn()
        turns.leave_alone(HOST, 60.0)
    (said,) = caplog.messages
    assert said.startswith(f"{folder}: ")
    assert trouble != "no data directory" or not (tmp_path / "data").exists()


def test_a_lock_that_is_held_is_asked_for_again_and_holds_nobody_up(two, tmp_path):
    one, other = two
    one.take(HOST, gap=1.0)
    with (tmp_path / "hosts" / HOST).open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert 0 < other.take(HOST, gap=1.0).wait < 0.1
        other.leave_alone(HOST, 60.0)  # lost, and not waited for
    assert other.take(HOST, gap=1.0) == Turn(1.0)


def test_the_lock_of_a_process_that_is_killed_is_free(two, tmp_path):
    one, _ = two
    one.take(HOST, gap=0.001)
    hold = "import fcntl, sys, time; file = open(sys.argv[1]); fcntl.flock(file, fcntl.LOCK_EX); print(flush=True); time.sleep(60)"
    path = tmp_path / "hosts" / HOST
    with subprocess.Popen([sys.executable, "-c", hold, path], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert one.take(HOST, gap=1.0).wait > 0
        holder.send_signal(signal.SIGKILL)
    clock = since_start() + 1.0
    assert HostTurns(Path(path).parent, lambda: clock).take(HOST, gap=1.0) == Turn()


# -- real crawls -------------------------------------------------------------------------------------------------------


def _configure(workplace, site, delay):
    sources = "".join(
        f'[[source]]\nname = "{name}"\nurl = "{site.url}/{name}.html"\nallow_private = true\n' for name in "ab"
    )
    workplace.configure(f"[crawl]\ndelay = {delay}\nparallel = 2\n{sources}")


def _gaps(site):
    return [later.at - earlier.at for earlier, later in zip(site.log, site.log[1:], strict=False)]


@pytest.mark.long
def test_two_sources_of_one_host_are_crawled_side_by_side_at_the_pace_of_one(workplace, site):
    for name in "ab":
        site.listing(
            f"/{name}.html",
            [(f"/{name}{n}.html", f"【湛江招商】{name}{n}号项目签约落地", f"2025-07-1{n}") for n in range(3)],
        )
        for n in range(3):
            site.post(f"/{name}{n}.html", ["项目签约，总投资十亿元。", "第二段。"])
    _configure(workplace, site, 0.3)
    done = workplace.zhaoshang("crawl")
    assert done.returncode == 0, done.stderr
    assert len(site.log) == 10  # robots.txt, the listing and three posts, twice
    assert [asked.path[1] for asked in site.log] != sorted(asked.path[1] for asked in site.log)  # side by side
    assert min(_gaps(site)) > 0.25  # 0.3, less what a request needs to get there
    assert [path.name for path in (workplace.data / "hosts").iterdir()] == ["127.0.0.1"]


@pytest.mark.long
def test_a_host_that_is_busy_for_one_crawl_is_left_alone_by_the_other_and_by_the_next(workplace, site):
    site.put("/a.html", "", status=429, Retry_After="3600")
    site.listing("/b.html", [("/b1.html", "【湛江招商】一号项目签约落地", "2025-07-18")])
    _configure(workplace, site, 0)
    workplace.zhaoshang("crawl", "a")
    assert site.requests == ["/a.html"]
    done = workplace.zhaoshang("crawl", "b")
    assert "b: incomplete: the listing failed: the site asked to be left alone; 3" in done.stdout
    assert site.requests == ["/a.html"]
    asked = workplace.zhaoshang("probe", f"{site.url}/b.html", "--allow-private")
    assert "the site asked to be left alone; 3" in asked.stderr
    assert site.requests == ["/a.html"]


@pytest.mark.long
def test_a_crawl_that_waits_for_its_turn_ends_when_it_is_told_to(watched):
    watched.site.put("/list.html", "x")
    watched.crawl()
    HostTurns(watched.workplace.data / "hosts").leave_alone("127.0.0.1", 300.0)
    log = watched.workplace.path / "crawl.log"
    process = watched.start()
    try:
        watched.wait_for(lambda: "127.0.0.1: it asked to be left alone; waiting " in log.read_text())
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 1
    finally:
        process.kill()
        process.wait()
    assert "crawl incomplete: shutdown" in log.read_text()

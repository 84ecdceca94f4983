"""What a Monday costs in a grown store: `python benchmarks/digest.py [POSTS] [--dir FOLDER]` (default 1,000,000).

Freezes and renders a week of 2,000 posts in a store of POSTS posts (see grown_store.py), a process of its own for it,
and prints wall time, processor time and the most memory; then the same of the commands that show a page of something,
and of the daemon's ticks. The store is kept in FOLDER and used again; what the measured process writes is dropped.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import grown_store

from digests.channels.platforms import DINGTALK, FEISHU, WECOM
from digests.chat.entries import entries_of
from digests.chat.parts import parts_of
from digests.freeze import content_of, freeze
from digests.outbox import release_abandoned
from digests.render import FORMATS, render
from monitor import jobs
from monitor.schedule import DueDigest
from monitor.setup import Setup, load_setup
from monitor.source_health import healths_of
from monitor.store import Store

MONDAY = datetime(2025, 7, 21, tzinfo=UTC)
ROOM = 500  # bytes of a chat message that are not its text
COMMANDS = (
    ["status"],
    ["posts"],
    ["posts", "--source", "source-7"],
    ["stories"],
    ["stories", "--week", "2025-W29"],
    ["digest", "2025-W29"],
    ["digest", "2025-W20"],
    ["deliveries"],
    ["history", "没有这样的标题"],
    ["source", "list"],
    ["source", "show", "source-7"],
)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long the block took: by the clock, and of the processor."""
    started, cpu = time.perf_counter(), time.process_time()
    yield
    print(f"| {what} | {time.perf_counter() - started:.3f} s | {time.process_time() - cpu:.3f} s |", flush=True)


def main() -> None:
    """Fill, measure, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("posts", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--dir", type=Path, help="where the store is kept; a temporary folder when not given")
    parser.add_argument("--measure", choices=["digest", "ticks"], help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        setup = load_setup(given.dir / "zhaoshang.toml")
        {"digest": measure_digest, "ticks": measure_ticks}[given.measure](setup)
        return
    with tempfile.TemporaryDirectory() as folder:
        where = given.dir or Path(folder)
        where.mkdir(parents=True, exist_ok=True)
        setup = grown_store.make(where, given.posts)
        print(f"{given.posts:,} posts, {setup.database.stat().st_size / 1e9:.1f} GB\n")
        print("| what | time | of the processor |\n| --- | --- | --- |", flush=True)
        for what in ("digest", "ticks"):
            # In a process of its own: the memory that filling took is not what a digest takes.
            subprocess.run([sys.executable, __file__, "--measure", what, "--dir", str(where)], check=True)
            drop_what_was_written(setup.database)
        measure_commands(where)


def drop_what_was_written(database: Path) -> None:
    """Take away the write-ahead log of a process that ended without writing it into the database."""
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)


def measure_digest(setup: Setup) -> None:
    """A week, frozen and rendered; whatever it wrote stays in the write-ahead log."""
    store = Store(setup.database)
    store._conn.execute("PRAGMA wal_autocheckpoint = 0")  # noqa: SLF001 - what it writes is to be dropped
    started, cpu = time.perf_counter(), time.process_time()
    with timed("freeze the week"):
        due = DueDigest(grown_store.NEW, MONDAY)
        frozen = freeze(store, setup, setup.config.audience[0], due, latest=True, now=MONDAY)
    assert frozen.created
    with timed("read its content back"):
        digest = content_of(frozen)
    for form in FORMATS:
        with timed(f"render {form}"):
            text = render(digest, form)
        sizes = f"{len(text.encode()) / 1e6:.1f} MB"
        print(f"| &nbsp; its size | {sizes} | |")
    for platform in (WECOM, DINGTALK, FEISHU):
        with timed(f"cut for {platform.kind}"):
            parts_of(entries_of(digest), platform.markup, platform.largest - ROOM)
    whole, of_processor = time.perf_counter() - started, time.process_time() - cpu
    print(f"| **the whole** | {whole:.3f} s | {of_processor:.3f} s |")
    print(f"| most memory | {peak():.0f} MB | |", flush=True)
    told = digest.count, len(digest.recycled), len(digest.told_before), len(digest.chains), len(digest.changes)
    print("| new, old news, told before, chains, changes | " + ", ".join(map(str, told)) + " | |", flush=True)
    os._exit(0)  # without closing the store, which would write its log into the database


def measure_ticks(setup: Setup) -> None:
    """What the daemon asks every few seconds."""
    store = Store(setup.database)
    store._conn.execute("PRAGMA wal_autocheckpoint = 0")  # noqa: SLF001 - what it writes is to be dropped
    now = datetime(2025, 7, 20, 15, tzinfo=UTC)
    for round_ in ("first", "again"):
        with timed(f"tick, {round_}: open the store"), Store(setup.database):
            pass
        with timed(f"tick, {round_}: due sources"):
            jobs.due_sources(store, setup, now)
        with timed(f"tick, {round_}: health of all sources"):
            healths_of(store, setup.config, now)
        with timed(f"tick, {round_}: due audiences"):
            jobs.due_audiences(store, setup, now)
        with timed(f"tick, {round_}: due deliveries"):
            release_abandoned(store, now)
            store.due_channels(now)
    sys.stdout.flush()
    os._exit(0)


def measure_commands(folder: Path) -> None:
    """Whole processes, the start of Python included."""
    for command in COMMANDS:
        arguments = [*command, "--config", str(folder / "zhaoshang.toml"), "--now", "2025-07-20T23:00+08:00"]
        with timed_child(f"zhaoshang {' '.join(command)}"):
            subprocess.run(
                [sys.executable, "-m", "monitor.cli", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )


@contextmanager
def timed_child(what: str) -> Iterator[None]:
    """As `timed`, of a process that is waited for."""
    started, before = time.perf_counter(), os.times()
    yield
    seconds, after = time.perf_counter() - started, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    print(f"| `{what}` | {seconds:.2f} s | {cpu:.2f} s |", flush=True)


def peak() -> float:
    """The most memory of this process, in MB."""
    # Not getrusage(): what it tells of a process that another one started begins with what that one had.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024


if __name__ == "__main__":
    main()

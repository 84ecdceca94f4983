"""Delivers what is due on one channel in children that are killed at a step of the parent's choice; a script.

`delivering_process.py DATA_DIR TABLES`: for each line of JSON on standard input, `{"channel": …, "now": …, "step": …}`,
it forks a child that does what a tick of the daemon does, and answers with a line that says how the child ended. A step
is the moment before something that others can notice (and so after the last such thing): a statement of SQL, bytes to or
from a socket, a program started, a file moved into its place. The child counts them itself, and kills itself at the one
that it is told; at 0 it works to its end.
"""

import ctypes
import json
import os
import signal
import socket
import sqlite3
import sys
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import BuiltinFunctionType, FrameType

from digests.outbox import deliver_channel, release_abandoned
from digests.render import environment
from monitor import jobs
from monitor.config import Config
from monitor.setup import Setup
from monitor.store import Store

ROOT = Path(__file__).parent.parent.parent.parent
STATEMENTS = ("execute", "executemany")
WIRE = ("connect", "send", "sendall", "recv_into", "close")
SYSTEM = ("fork_exec", "write", "fsync", "replace")
ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER


def is_noticed(called: BuiltinFunctionType) -> bool:
    """Whether others can notice that it is called."""
    owner, name = called.__self__, called.__name__
    if isinstance(owner, sqlite3.Connection | sqlite3.Cursor):
        return name in STATEMENTS
    if isinstance(owner, socket.socket):
        return name in WIRE
    return name in SYSTEM and getattr(owner, "__name__", "") in ("posix", "_posixsubprocess")


def ours(frame: FrameType | None) -> str:
    """The function of the product that is at work."""
    while frame is not None and not Path(frame.f_code.co_filename).is_relative_to(ROOT):
        frame = frame.f_back
    return frame.f_code.co_name if frame is not None else "nothing of ours"


@dataclass
class Steps:
    """Counts the steps of this process, and ends it at one of them."""

    last: int
    told: int  # a file descriptor
    seen: list[str] = field(default_factory=list)

    def watch(self, frame: FrameType, event: str, called: object) -> None:
        """What `sys.setprofile` calls."""
        if event == "c_call" and isinstance(called, BuiltinFunctionType) and is_noticed(called):
            self.seen.append(f"{called.__name__} in {ours(frame)}")
            if len(self.seen) == self.last:
                os.write(self.told, self.seen[-1].encode())
                os.kill(os.getpid(), signal.SIGKILL)

    def deliver(self, setup: Setup, channel: str, now: datetime) -> None:
        """As the daemon does on one channel. Opening the database is not counted: it has tests of its own."""

        def open_store() -> Store:
            sys.setprofile(None)
            store = Store(setup.database)
            sys.setprofile(self.watch)
            return store

        with open_store() as store:
            release_abandoned(store, now)
        deliver_channel(open_store, channel, jobs.open_channels(setup)[channel], lambda: now)
        sys.setprofile(None)
        os.write(self.told, "\n".join(self.seen).encode())


def run(setup: Setup, channel: str, now: str, step: int) -> dict[str, object]:
    """One child, from its start to its end and that of all that it left behind."""
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        Steps(step, told).deliver(setup, channel, datetime.fromisoformat(now))
        os._exit(0)
    os.close(told)
    with os.fdopen(heard) as said:
        steps = said.read().split("\n")
    _, ended = os.waitpid(child, 0)
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return {"code": os.waitstatus_to_exitcode(ended), "steps": steps}


def main() -> None:
    """Run a child for each line."""
    ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 1, 0, 0, 0)
    for name in environment().list_templates():
        environment().get_template(name)  # once, and not in every child
    setup = Setup(Config.model_validate(json.loads(sys.argv[2])), None, Path(sys.argv[1]))
    for line in sys.stdin:
        print(json.dumps(run(setup, **json.loads(line))), flush=True)


if __name__ == "__main__":
    main()

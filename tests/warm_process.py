"""A process that has loaded the product and its libraries, and forks for each command that the tests give it.

Loading is most of what a short command takes. Each command still gets a process of its own, with its folder,
environment, streams and exit code, and ends as any Python does; only the modules are there already. For each it takes
three file descriptors and a line of JSON from the socket whose number it was given, and answers with the exit code. It
goes when the socket closes.
"""

import gc
import importlib
import json
import os
import pkgutil
import runpy
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

# What `python -m monitor.cli` and `python -m scrapy` load by and by; of Scrapy, what it loads by name.
PACKAGES = (
    "crawler",
    "digests",
    "monitor",
    "scrapy.commands",
    "scrapy.downloadermiddlewares",
    "scrapy.spidermiddlewares",
)
MODULES = (
    "scrapy.cmdline",
    "scrapy.extensions.closespider",
    "scrapy.extensions.corestats",
    "scrapy.extensions.logcount",
    "scrapy.extensions.logstats",
    "scrapy.extensions.memusage",
    "scrapy.extensions.telnet",
    "scrapy.extensions.throttle",
    "scrapy.pqueues",
    "scrapy.squeues",
    "scrapy.statscollectors",
)


def load() -> None:
    """Import all of it, and hold that nothing is under way that a fork would break in two."""
    names = [*MODULES]
    for package in map(importlib.import_module, PACKAGES):
        names += [module.name for module in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
    for name in names:
        if not name.endswith("__main__"):
            importlib.import_module(name)
    assert "twisted.internet.reactor" not in sys.modules  # a command chooses its own
    assert threading.active_count() == 1
    gc.collect()
    gc.freeze()  # so that a child's collections need not copy all those pages


def next_command(control: socket.socket) -> dict[str, Any] | None:
    """Wait for a command; in the process that is to be it, answer what it is; None when there are no more."""
    while True:
        mark, streams, _, _ = socket.recv_fds(control, 1, 3)
        if not mark:
            return None
        with control.makefile(encoding="utf-8") as lines:
            wish: dict[str, Any] = json.loads(lines.readline())
        child = os.fork()
        if child == 0:
            control.close()
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            return wish
        for stream in streams:
            os.close(stream)
        _, ended = os.waitpid(child, 0)
        control.sendall(b"%d\n" % os.waitstatus_to_exitcode(ended))


def become(command: list[str], folder: str, environment: dict[str, str]) -> None:
    """Be `python -m module …` or `python script …` in a folder."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    if command[0] == "-m":
        sys.argv = command[1:]
        sys.path[0] = folder
        runpy.run_module(command[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = command
        sys.path[0] = str(Path(command[0]).parent)
        runpy.run_path(command[0], run_name="__main__")


load()
if wish := next_command(socket.socket(fileno=int(sys.argv[1]))):
    become(**wish)

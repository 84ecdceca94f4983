"""Runs a replay as a child process, `scrapy replay`, and hands on what it tells; it reads and stores no page."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from monitor.errors import ZhaoshangError
from monitor.replayed import Ended, Event, event_of
from monitor.setup import Setup


class ReplayProcess:
    """One replay of the named sources (all configured ones when none is named), running from the start."""

    def __init__(
        self, setup: Setup, names: Sequence[str], *, since: datetime | None, dry_run: bool, now: datetime | None
    ) -> None:
        self._log = setup.data_dir / "logs" / "replay.log"
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._stopped = False
        with self._log.open("wb") as log:
            self._child = subprocess.Popen(  # noqa: S603 - our own interpreter, names that were checked
                _command(setup, names, since=since, dry_run=dry_run, now=now),
                cwd=Path.cwd(),
                env=os.environ | {"SCRAPY_SETTINGS_MODULE": "crawler.settings", "TZ": setup.config.timezone},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us to pass on
                text=True,
            )

    def events(self) -> Iterator[Event]:
        """What the replay tells, as it happens. Raises ZhaoshangError when it was stopped, or died."""
        refused = False
        if self._child.stdout is not None:
            with self._child.stdout as lines:
                for line in lines:
                    event = event_of(line)
                    if event is not None:
                        refused |= isinstance(event, Ended) and bool(event.error)
                        yield event
        code = self._child.wait()
        if self._stopped:
            raise ZhaoshangError("the replay was stopped", todo="run it again, and it does the rest")
        if code != 0 and not refused:
            raise ZhaoshangError(
                f"the replay died ({self._last_line() or f'exit code {code}'})",
                where=str(self._log),
                todo="run it again, and it does the rest",
            )

    def stop(self) -> None:
        """End the replay now; what it has written stays, and what it was writing is undone."""
        self._stopped = True
        self._child.terminate()

    def _last_line(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1].strip()[:300] if lines else ""


def _command(
    setup: Setup, names: Sequence[str], *, since: datetime | None, dry_run: bool, now: datetime | None
) -> list[str]:
    # -P: a file in the current folder that is named like a module must not be imported in its place.
    command = [sys.executable, "-P", "-m", "scrapy", "replay", *names]
    command += ["-s", f"ZHAOSHANG_CONFIG={setup.config_path}"] if setup.config_path is not None else []
    command += ["-s", f"ZHAOSHANG_NOW={now.isoformat()}"] if now is not None else []
    command += ["-a", f"since={since.isoformat()}"] if since is not None else []
    return command + (["-a", "dry_run=1"] if dry_run else [])

"""Looks whether the browser starts that sources with `render = true` need: once, with an empty page, in a child."""

import contextlib
import json
import os
import signal
import subprocess
import sys

from monitor.checkup.finding import Finding, fine, wrong

SUBJECT = "browser"
_SECONDS = 60.0


def browser(names: list[str], seconds: float = _SECONDS) -> Finding:
    """For the sources of these names."""
    needed = f"needed by {', '.join(names)}"
    # -P: a file in the current folder that is named like a module must not be imported in its place.
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "crawler.browser_check"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # so that what it started can be ended with it
        text=True,
    ) as child:
        try:
            answer, complaint = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            return wrong(SUBJECT, f"did not start within {seconds:g} s ({needed})", "see what else takes the memory")
    try:
        said = json.loads(answer)
        trouble, todo, version = str(said["trouble"]), str(said["todo"]), str(said["version"])
    except (ValueError, KeyError, TypeError):
        last = (complaint.strip().splitlines() or [f"exit code {child.returncode}"])[-1]
        return wrong(SUBJECT, f"could not be tried: {last[:300]} ({needed})", "install zhaoshang again")
    return wrong(SUBJECT, f"{trouble} ({needed})", todo) if trouble else fine(SUBJECT, f"{version} starts ({needed})")

"""Whose a claim in the outbox is, and whether its holder may still be sending; it sends and marks nothing.

A clock that is set must not make a living process look dead: on one machine the kernel is asked when a process was
born, and only of another machine's claims, and where the kernel does not tell, a lease has to decide.
"""

import hashlib
import os
import socket
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import uuid4

from monitor.locks import is_alive

# Longer than any send can take (2 minutes a step, and each part renews it); then a claim counts as abandoned.
LEASE = timedelta(minutes=30)
_STATE, _BORN = 0, 19  # fields of /proc/PID/stat after the name, as proc(5) has them: 3 and 22
_DEAD = ("Z", "X")


def owner() -> str:
    """What this process claims by: `host/process/birth`. A fork is another process."""
    return _owner(os.getpid())


@cache
def _owner(pid: int) -> str:
    return f"{socket.gethostname()}/{pid}/{_birth(pid) or uuid4().hex[:8]}"


def is_abandoned(holder: str, claimed_at: datetime, now: datetime) -> bool:
    """Whether a claim of another process is nobody's any more."""
    host, _, rest = holder.partition("/")
    number, _, birth = rest.partition("/")
    if not host or (host == socket.gethostname() and not number.isdigit()):
        return True
    if host == socket.gethostname():
        pid = int(number)
        # Our own number under another birth is another life: a restarted container counts its processes from 1 again.
        if pid == os.getpid() or not is_alive(pid):
            return True
        known = _birth(pid)
        if known is not None:
            return known != birth
    return now - claimed_at > LEASE


def _birth(pid: int) -> str | None:
    """What tells a process from all others that had its number; empty when it is dead and only not buried yet.

    None where the kernel does not tell.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    if told[_STATE] in _DEAD:
        return ""
    return hashlib.sha256(f"{boot} {told[_BORN]}".encode()).hexdigest()[:8]

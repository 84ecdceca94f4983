"""Runs one probe as a child process and reads what it saw; it decides nothing about it and stores nothing."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from monitor.errors import ZhaoshangError
from monitor.probes import ProbedListing, ProbedPost, listing_of, post_of
from monitor.setup import Setup

_Probed = TypeVar("_Probed", ProbedListing, ProbedPost)
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_FILE_SECONDS = 60
_FETCH_SECONDS = 300  # robots.txt, the page and the call behind it, each tried twice


@dataclass(frozen=True, slots=True)
class Question:
    """What to probe, and how: an address, a file, or `-` for standard input; the settings of a source, more on top."""

    target: str
    source: str = ""
    base_url: str = ""
    content_type: str = ""
    label: str = ""
    allow_private: bool = False
    render: bool = False
    verify_tls: bool = True
    proxy: str = ""

    @property
    def is_address(self) -> bool:
        """Whether the target is fetched; a file is read without any network."""
        return _ADDRESS.match(self.target) is not None


def probe_listing(setup: Setup, question: Question, now: datetime) -> ProbedListing:
    """Probe a listing. What keeps the page from being read stands in the answer; raises ZhaoshangError without one."""
    return _ask(setup, question, now, [], listing_of)


def probe_post(setup: Setup, question: Question, now: datetime) -> ProbedPost:
    """Probe a post's own page; as `probe_listing`."""
    return _ask(setup, question, now, ["--post"], post_of)


def _ask(setup: Setup, question: Question, now: datetime, more: list[str], read: Callable[[str], _Probed]) -> _Probed:
    seconds = _FETCH_SECONDS if question.is_address else _FILE_SECONDS
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter; what the user typed is one argument
            _command(setup, question, now, more),
            env=os.environ | {"SCRAPY_SETTINGS_MODULE": "crawler.settings", "TZ": setup.config.timezone},
            stdin=None if question.target == "-" else subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ZhaoshangError(f"the probe took longer than {seconds} s", where=question.target) from error
    try:
        return read(done.stdout.decode())
    except (ValueError, KeyError, TypeError) as error:
        said = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {done.returncode}"]
        raise ZhaoshangError(f"the probe ended without an answer: {said[-1][:300]}", where=question.target) from error


def _command(setup: Setup, question: Question, now: datetime, more: list[str]) -> list[str]:
    # -P: a file in the current folder that is named like a module must not be imported in its place.
    command = [sys.executable, "-P", "-m"]
    command += ["scrapy", "probe"] if question.is_address else ["crawler.probe"]
    command += [f"--now={now.isoformat()}", f"--zone={setup.config.timezone}", *more]
    command += [f"--max-mb={setup.config.crawl.max_response_mb}"]
    given = {
        "--config": str(setup.config_path or ""),
        "--source": question.source,
        "--base-url": question.base_url,
        "--content-type": question.content_type,
        "--label": question.label,
    }
    command += [f"{option}={value}" for option, value in given.items() if value]
    if not question.is_address:
        return [*command, "--", question.target]
    command += ["--allow-private"] if question.allow_private else []
    command += ["--render"] if question.render else []
    command += [] if question.verify_tls else ["--no-verify-tls"]
    command += [f"--proxy={question.proxy}"] if question.proxy else []
    return [*command, question.target]

"""The apprise channel: hands a digest or a notice to Apprise for the hundred services that it knows.

Apprise counts as success what a service's server answered with 200, so success means "handed over" here. It runs in a
process of its own (digests.channels.apprise_process): it has time limits for each step only, and logs addresses.
"""

import json
import os
import re
import sys
from datetime import datetime
from enum import IntEnum

from digests.channels.child import Ended, run
from digests.channels.redacting import redacted
from digests.channels.wording import subject_of, text_of
from digests.content import Digest
from digests.notice import Notice
from monitor.announcing import Delivery
from monitor.config import AppriseChannelConfig
from monitor.errors import DeliveryError


class End(IntEnum):
    """The exit codes of the process."""

    NOT_INSTALLED = 3
    NOT_AN_ADDRESS = 4
    NOT_TAKEN = 5
    SOME_TAKEN = 6


class AppriseChannel:
    """One or more addresses of Apprise."""

    def __init__(self, name: str, config: AppriseChannelConfig) -> None:
        self._config = config
        self._where = f"channel {name} (Apprise)"

    def send(self, delivery: Delivery, message: Digest | Notice, now: datetime) -> None:  # noqa: ARG002 - a channel's
        """Hand it over. Raises DeliveryError or SecretError."""
        self._run({"title": subject_of(delivery, message), "body": text_of(message, "md")})

    def check(self, *, offline: bool = False) -> str:
        """Whether Apprise is there and understands the addresses; nothing is sent.

        Raises DeliveryError or SecretError.
        """
        del offline
        self._run({})
        understood = f"Apprise understands {_count(len(self._urls()))}"
        return f"{understood}; whether the services can be reached, only a message will tell"

    def _urls(self) -> list[str]:
        return self._config.address().split()

    def _run(self, message: dict[str, str]) -> None:
        urls = self._urls()
        data = json.dumps({"urls": urls, **message}).encode()
        # -P: a file in the current folder that is named like a module must not be imported in its place.
        command = [sys.executable, "-P", "-m", "digests.channels.apprise_process"]
        ended = run(command, data, self._config.timeout.total_seconds(), os.environ)
        if ended.code:
            raise self._error(ended, urls)
        if ended.code is None:
            raise DeliveryError(
                "took too long and was given up; it may have arrived",
                where=self._where,
                todo="it is tried again; raise its timeout if the services are slow",
                handed_over=True,
            )

    def _error(self, ended: Ended, urls: list[str]) -> DeliveryError:
        # Of these addresses any piece may be a key, the host as well.
        said = redacted(ended.said, "", *urls, *(piece for url in urls for piece in re.split(r"[:/?&=@]+", url)))
        match ended.code:
            case End.NOT_INSTALLED:
                return DeliveryError(
                    "Apprise is not installed",
                    where=self._where,
                    todo="run: pip install 'zhaoshang[apprise]'",
                )
            case End.NOT_AN_ADDRESS:
                return DeliveryError(
                    f"Apprise does not understand {said}",
                    where=self._where,
                    todo="correct the addresses, one to a line",
                    permanent=True,
                )
            case End.NOT_TAKEN:
                return DeliveryError("not handed over", where=self._where, todo="check the address and the service")
            case End.SOME_TAKEN:
                return DeliveryError(
                    f"handed over to some and not to others ({said}); a repeat goes to all of them",
                    where=self._where,
                    todo="give each service a channel of its own",
                    handed_over=True,
                )
        return DeliveryError(f"Apprise failed: {said}", where=self._where, todo="check the addresses")


def _count(number: int) -> str:
    return "its address" if number == 1 else f"its {number} addresses"

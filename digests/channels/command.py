"""The command channel: a program of the user's own, with the digest or notice on standard input and no shell."""

import os
import shutil
import signal
from datetime import datetime

from digests.channels.child import run
from digests.channels.redacting import redacted
from digests.channels.webhook import body_of, key_of
from digests.channels.wording import subject_of, text_of
from digests.content import Digest
from digests.notice import Notice
from monitor.announcing import Delivery
from monitor.config import CommandChannelConfig
from monitor.errors import DeliveryError


class CommandChannel:
    """Runs it for each delivery: exit code 0 is success."""

    def __init__(self, name: str, config: CommandChannelConfig) -> None:
        self._config = config
        self._where = f"channel {name} ({config.command[0]})"

    def send(self, delivery: Delivery, message: Digest | Notice, now: datetime) -> None:  # noqa: ARG002 - a channel's
        """Hand it over. Raises DeliveryError; one that was killed for its time may have done its work."""
        program, *arguments = self._config.command
        seconds = self._config.timeout.total_seconds()
        form = self._config.format
        data = body_of(delivery, message) if form == "json" else text_of(message, form).encode()
        try:
            ended = run([program, *arguments], data, seconds, os.environ | _about(delivery, message, data))
        except (OSError, ValueError) as error:
            raise self._not_started(error) from error
        said = f": {redacted(ended.said)}" if ended.said else ""
        if ended.code is None:
            raise DeliveryError(
                f"took longer than {seconds:g} s and was killed; it may have done its work{said}",
                where=self._where,
                todo="make it faster, or raise its timeout",
                handed_over=True,
            )
        if ended.code:
            raise DeliveryError(f"{_in_words(ended.code)}{said}", where=self._where, todo="check the program")

    def check(self, *, offline: bool = False) -> str:
        """Whether it is there and may be run; it is not run. Raises DeliveryError."""
        del offline
        program = self._config.command[0]
        found = shutil.which(program)
        if found is None:
            raise self._not_started(FileNotFoundError(2, "there is no such program, or it may not be run"))
        return f"runs {found}"

    def _not_started(self, error: OSError | ValueError) -> DeliveryError:
        words = getattr(error, "strerror", None) or str(error)
        return DeliveryError(
            f"cannot be started: {words}", where=self._where, todo="check its path and its rights (chmod +x)"
        )


def _about(delivery: Delivery, message: Digest | Notice, data: bytes) -> dict[str, str]:
    """What the program finds in its environment. By the bytes it can tell that whoever started it died half-way."""
    return {
        "ZHAOSHANG_SUBJECT": subject_of(delivery, message),
        "ZHAOSHANG_AUDIENCE": delivery.audience,
        "ZHAOSHANG_PERIOD": delivery.period_key,
        "ZHAOSHANG_DELIVERY": str(delivery.id),
        "ZHAOSHANG_KEY": key_of(delivery),
        "ZHAOSHANG_ATTEMPT": str(delivery.attempts),
        "ZHAOSHANG_BYTES": str(len(data)),
    }


def _in_words(code: int) -> str:
    if code > 0:
        return f"ended with exit code {code}"
    return f"was ended by {signal.Signals(-code).name}" if -code in list(signal.Signals) else f"ended by signal {-code}"

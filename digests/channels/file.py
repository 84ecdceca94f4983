"""The file channel: writes a digest or a notice under the data directory, each file whole or not at all."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from digests import pdf
from digests.content import Digest
from digests.files import write_whole
from digests.index import list_digest
from digests.notice import Notice
from digests.render import render, render_notice
from monitor.announcing import Delivery
from monitor.errors import DeliveryError

_ORDER = ("md", "html", "json", "pdf")  # what may take long, or fail, comes last
_LOOK = 25.0  # seconds that a look at what PDFs are made with may take


class FileChannel:
    """Writes `<audience>/<period>` in each of its formats; of a notice `operator/<time>-<source>-<alert>.md`.

    Writing the same again changes nothing.
    """

    def __init__(self, root: Path, formats: Sequence[str] = ("md", "html")) -> None:
        self._root = root
        self._formats = tuple(sorted(set(formats), key=_ORDER.index))

    def send(self, delivery: Delivery, message: Digest | Notice, now: datetime) -> None:  # noqa: ARG002 - a channel's
        """Write the files; one that cannot be made keeps no other from being written. Raises DeliveryError."""
        ends = [_written(path, make) for path, make in self._files(delivery, message)]
        if isinstance(message, Digest) and not message.test and None in ends:
            ends.append(self._list(delivery.audience, message))
        for error in filter(None, ends):
            raise error

    def _list(self, audience: str, digest: Digest) -> DeliveryError | None:
        """Before the delivery counts as sent: after a crash in between, it is tried again and the index is written."""
        try:
            list_digest(self._root, audience, digest)
        except OSError as error:
            return DeliveryError(
                f"the index of digests cannot be written: {error.strerror or error}",
                where=str(self._root),
                todo="check the folder and the disk",
            )
        return None

    def check(self, *, offline: bool = False) -> str:
        """Whether what its formats need is there; nothing is written. Raises DeliveryError."""
        del offline
        made = f", PDFs by {pdf.check(seconds=_LOOK)}" if "pdf" in self._formats else ""
        return f"writes to {self._root}{made}"

    def _files(self, delivery: Delivery, message: Digest | Notice) -> Iterator[tuple[Path, Callable[[], bytes]]]:
        if isinstance(message, Notice):
            yield self.notice_path(delivery, message), lambda: render_notice(message, "md").encode()
            return
        for path in self.paths(delivery.audience, "test" if message.test else delivery.period_key):
            yield path, partial(_made, message, path.suffix[1:])

    def notice_path(self, delivery: Delivery, notice: Notice) -> Path:
        """Where a notice stands; by name, the files of the folder stand in the order of their times."""
        at = notice.at.astimezone(ZoneInfo(notice.timezone))
        source = re.sub(r"[^\w.-]", "_", notice.source or "delivery")
        return self._root / delivery.audience / f"{at:%Y-%m-%dT%H%M%S}-{source}-{delivery.alert_id}.md"

    def paths(self, audience: str, period_key: str) -> tuple[Path, ...]:
        """Where the files of a digest stand, one for each format: Markdown, HTML, JSON, PDF."""
        return tuple(self._root / audience / f"{period_key}.{form}" for form in self._formats)


def _made(digest: Digest, form: str) -> bytes:
    return pdf.pdf_of(digest) if form == "pdf" else render(digest, form).encode()


def _written(path: Path, make: Callable[[], bytes]) -> DeliveryError | None:
    try:
        write_whole(path, make())
    except DeliveryError as error:
        return error
    except OSError as error:
        return DeliveryError(
            f"cannot be written: {error.strerror or error}", where=str(path), todo="check the folder and the disk"
        )
    return None

"""The file channel: writes a digest or a notice under the data directory, whole or not at all."""

import os
import re
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from zoneinfo import ZoneInfo

from digests.content import Digest
from digests.notice import Notice
from digests.render import render, render_notice
from monitor.announcing import Delivery
from monitor.errors import DeliveryError


class FileChannel:
    """Writes `<audience>/<period>.md` and `.html`; of a notice `operator/<time>-<source>-<alert>.md`.

    Writing the same again changes nothing.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def send(self, delivery: Delivery, message: Digest | Notice, now: datetime) -> None:  # noqa: ARG002 - a channel's
        """Write the files. Raises DeliveryError when the folder cannot be written."""
        for path, text in self._files(delivery, message):
            try:
                _write(path, text)
            except OSError as error:
                raise DeliveryError(
                    f"cannot be written: {error.strerror or error}",
                    where=str(path),
                    todo="check the folder and the disk",
                ) from error

    def _files(self, delivery: Delivery, message: Digest | Notice) -> tuple[tuple[Path, str], ...]:
        if isinstance(message, Notice):
            return ((self.notice_path(delivery, message), render_notice(message, "md")),)
        paths = self.paths(delivery.audience, delivery.period_key)
        return tuple((path, render(message, path.suffix[1:])) for path in paths)

    def notice_path(self, delivery: Delivery, notice: Notice) -> Path:
        """Where a notice stands; by name, the files of the folder stand in the order of their times."""
        at = notice.at.astimezone(ZoneInfo(notice.timezone))
        source = re.sub(r"[^\w.-]", "_", notice.source or "delivery")
        return self._root / delivery.audience / f"{at:%Y-%m-%dT%H%M%S}-{source}-{delivery.alert_id}.md"

    def paths(self, audience: str, period_key: str) -> tuple[Path, Path]:
        """Where the Markdown and the HTML of a digest stand."""
        folder = self._root / audience
        return folder / f"{period_key}.md", folder / f"{period_key}.html"


def _write(path: Path, text: str) -> None:
    """A reader, or a crash at any moment, sees the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="utf-8", newline="\n", dir=path.parent, prefix=".", delete=False) as file:
        partial = Path(file.name)
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), 0o644)
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

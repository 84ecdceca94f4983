"""The file channel: writes a digest under the data directory, whole or not at all."""

import os
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from digests.content import Digest
from digests.render import render
from monitor.errors import DeliveryError
from monitor.models import Delivery


class FileChannel:
    """Writes `<audience>/<period>.md` and `.html`. Writing the same digest again changes nothing."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def send(self, delivery: Delivery, digest: Digest, now: datetime) -> None:  # noqa: ARG002 - a channel's signature
        """Write both files. Raises DeliveryError when the folder cannot be written."""
        for path in self.paths(delivery.audience, delivery.period_key):
            try:
                _write(path, render(digest, path.suffix[1:]))
            except OSError as error:
                raise DeliveryError(
                    f"cannot be written: {error.strerror or error}",
                    where=str(path),
                    todo="check the folder and the disk",
                ) from error

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

"""The file channel on a real disk: a reader sees the old digest or the new one, whatever happens in between."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from digests import pdf
from digests.channels.file import FileChannel
from digests.content import Digest, to_json
from digests.render import render
from monitor.announcing import Delivery, DeliveryState
from monitor.errors import DeliveryError, PdfError

# Forty times: a process writes two digests in turn and is killed, each time a little later. Prints what is then there.
KILLS = """
import os, signal, sys, time
from itertools import cycle
from pathlib import Path
from digests.channels.file import FileChannel
from digests.content import from_json
from digests.render import render
from monitor.announcing import Delivery, DeliveryState

root, *saved = map(Path, sys.argv[1:])
digests = [from_json(path.read_text(encoding="utf-8")) for path in saved]
now, channel = digests[0].built_at, FileChannel(root)
delivery = Delivery(1, 1, "everyone", "2025-W29", "file", "", "", DeliveryState.CLAIMED, 1, now, None, None)
channel.send(delivery, digests[0], now)
for number in range(40):
    done, tell = os.pipe()
    writer = os.fork()
    while writer == 0:
        for digest in digests[::-1]:
            channel.send(delivery, digest, now)
            os.write(tell, b".")
    os.read(done, 1)
    time.sleep(number / 5000)
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    for path in channel.paths("everyone", "2025-W29"):
        texts = [render(digest, path.suffix[1:]) for digest in digests]
        text = path.read_text(encoding="utf-8")
        print(texts.index(text) if text in texts else f"part: {len(text)}")
"""


@pytest.fixture
def versions(full_digest: Digest) -> tuple[Digest, Digest]:
    """Two digests of one period, the second of them longer than any buffer."""
    many = tuple(replace(full_digest.late[0], post_id=number) for number in range(600))
    return full_digest, replace(full_digest, late=many)


def test_both_files_are_the_rendered_digest(
    tmp_path: Path, full_digest: Digest, delivery: Callable[..., Delivery], now: datetime
) -> None:
    channel = FileChannel(tmp_path / "data" / "digests")
    channel.send(delivery(channel="file", recipient=""), full_digest, now)
    markdown, html = channel.paths("everyone", "2025-W29")
    assert markdown == tmp_path / "data" / "digests" / "everyone" / "2025-W29.md"
    assert markdown.read_bytes().decode() == render(full_digest, "md")
    assert html.read_bytes().decode() == render(full_digest, "html")
    assert [path.stat().st_mode & 0o777 for path in (markdown, html)] == [0o644, 0o644]
    before = {path: path.read_bytes() for path in markdown.parent.iterdir()}
    channel.send(delivery(channel="file", recipient=""), full_digest, now)
    assert {path: path.read_bytes() for path in markdown.parent.iterdir()} == before  # and nothing beside them


def test_a_reader_never_sees_a_part(
    tmp_path: Path, versions: tuple[Digest, Digest], delivery: Callable[..., Delivery], now: datetime
) -> None:
    channel = FileChannel(tmp_path)
    markdown, html = channel.paths("everyone", "2025-W29")
    whole = {path: {render(digest, path.suffix[1:]) for digest in versions} for path in (markdown, html)}
    channel.send(delivery(), versions[0], now)
    stop = threading.Event()
    seen: dict[Path, set[str]] = {markdown: set(), html: set()}

    def read() -> None:
        while not stop.is_set():
            for path, texts in seen.items():
                texts.add(path.read_text(encoding="utf-8"))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(20):
            channel.send(delivery(), versions[number % 2], now)
    finally:
        stop.set()
        reader.join()
    assert seen[markdown] <= whole[markdown]
    assert seen[html] <= whole[html]
    assert seen[markdown]


def test_a_kill_at_any_moment_leaves_the_old_file_or_the_new_one(
    tmp_path: Path, full_digest: Digest, child: Callable[..., Any]
) -> None:
    digests = (full_digest, replace(full_digest, late=()))
    saved = [tmp_path / f"{number}.json" for number in range(2)]
    for path, digest in zip(saved, digests, strict=True):
        path.write_text(to_json(digest), encoding="utf-8")
    found, _ = child(KILLS, tmp_path / "digests", *saved).communicate(timeout=60)
    assert len(found.splitlines()) == 2 * 40
    assert set(found.splitlines()) <= {"0", "1"}


@pytest.mark.parametrize("in_the_way", ["digests", "digests/everyone", "digests/everyone/2025-W29.md/x"])
def test_a_folder_that_cannot_be_written_is_a_delivery_error_naming_it(
    tmp_path: Path, full_digest: Digest, delivery: Callable[..., Delivery], now: datetime, in_the_way: str
) -> None:
    obstacle = tmp_path / in_the_way
    obstacle.parent.mkdir(parents=True, exist_ok=True)
    obstacle.write_text("not ours")
    with pytest.raises(DeliveryError) as caught:
        FileChannel(tmp_path / "digests").send(delivery(), full_digest, now)
    assert str(tmp_path / "digests" / "everyone" / "2025-W29.md") in str(caught.value)
    assert not caught.value.handed_over
    assert obstacle.read_text() == "not ours"
    files = {path for path in tmp_path.rglob("*") if path.is_file() and "index." not in path.name}
    html = tmp_path / "digests" / "everyone" / "2025-W29.html"  # written where only the Markdown could not be
    assert files - {html} == {obstacle}  # nothing half-written stays


def test_each_format_is_a_file_and_writing_again_leaves_them_alone(
    tmp_path: Path,
    full_digest: Digest,
    delivery: Callable[..., Delivery],
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf, "pdf_of", lambda _: b"%PDF-")
    channel = FileChannel(tmp_path, ("pdf", "json", "md", "json"))
    for _ in range(2):
        channel.send(delivery(), full_digest, now)
    files = [path for path in (tmp_path / "everyone").iterdir() if path.name.startswith("2025")]
    assert sorted(path.name for path in files) == ["2025-W29.json", "2025-W29.md", "2025-W29.pdf"]
    assert (tmp_path / "everyone" / "2025-W29.json").read_text(encoding="utf-8") == render(full_digest, "json")
    before = {path: path.stat() for path in files}
    channel.send(delivery(), full_digest, now)
    assert {path: path.stat().st_ino for path in files} == {path: stat.st_ino for path, stat in before.items()}


def test_a_file_of_the_same_size_that_holds_something_else_is_written_over(
    tmp_path: Path, full_digest: Digest, delivery: Callable[..., Delivery], now: datetime
) -> None:
    channel = FileChannel(tmp_path)
    channel.send(delivery(), full_digest, now)
    markdown, _ = channel.paths("everyone", "2025-W29")
    whole = markdown.read_bytes()
    markdown.write_bytes(bytes(len(whole)))  # as a disk that lost its power may leave it
    channel.send(delivery(), full_digest, now)
    assert markdown.read_bytes() == whole


def test_a_pdf_that_cannot_be_made_keeps_nothing_else_away_and_waits_until_it_can(
    open_desk: Callable[..., Any], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Digest) -> bytes:
        raise PdfError("WeasyPrint is not installed", where="PDF", todo="install it")

    desk = open_desk(channels={"file": {"type": "file", "formats": ["pdf", "html", "md"]}})
    desk.freeze()
    monkeypatch.setattr(pdf, "pdf_of", broken)
    (outcome,) = desk.deliver()
    assert outcome.error == "PDF: WeasyPrint is not installed; install it"
    assert desk.outbox()["file"].state == DeliveryState.PENDING
    assert desk.outbox()["file"].last_error == outcome.error
    folder = desk.setup.digests_dir / "everyone"
    assert {path.name for path in folder.glob("2025*")} == {"2025-W29.md", "2025-W29.html"}
    monkeypatch.setattr(pdf, "pdf_of", lambda _: b"%PDF-")
    (outcome,) = desk.deliver(now + timedelta(minutes=5))
    assert outcome.error is None
    assert (folder / "2025-W29.pdf").read_bytes() == b"%PDF-"


def test_one_file_that_cannot_be_written_keeps_the_others_from_nothing(
    tmp_path: Path, full_digest: Digest, delivery: Callable[..., Delivery], now: datetime
) -> None:
    (tmp_path / "everyone" / "2025-W29.md").mkdir(parents=True)
    with pytest.raises(DeliveryError, match=r"2025-W29\.md: cannot be written"):
        FileChannel(tmp_path).send(delivery(), full_digest, now)
    assert (tmp_path / "everyone" / "2025-W29.html").read_text(encoding="utf-8") == render(full_digest, "html")

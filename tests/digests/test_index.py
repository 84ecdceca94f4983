"""The index beside the digests: what stands in the folder, whatever happened to it."""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt

from digests import index
from digests.channels import file as file_channel
from digests.channels.file import FileChannel
from digests.content import Digest, to_json
from digests.index import refresh
from digests.render import counts, heading
from monitor.announcing import Delivery, DeliveryState
from monitor.periods import parse_period

WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from digests.channels.file import FileChannel
from digests.content import from_json
from monitor.announcing import Delivery, DeliveryState
from monitor.periods import parse_period

root, saved, audience, *keys = sys.argv[1:]
digest = from_json(Path(saved).read_text(encoding="utf-8"))
channel = FileChannel(Path(root))
sys.stdin.readline()
for key in keys:
    one = replace(digest, audience=audience, period=parse_period(key))
    delivery = Delivery(
        1, 1, audience, key, "file", "", "", DeliveryState.CLAIMED, 1, digest.built_at, None, None
    )
    channel.send(delivery, one, digest.built_at)
"""


class Page(HTMLParser):
    """The links of a page with their texts, the names of its elements, and all its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.elements: set[str] = set()
        self.text = ""
        self.in_link = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        if tag == "a":
            self.links.append((dict(attrs)["href"] or "", ""))
            self.in_link = True

    def handle_endtag(self, tag: str) -> None:
        self.in_link = self.in_link and tag != "a"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.in_link:
            self.links[-1] = (self.links[-1][0], self.links[-1][1] + data)


def pages(folder: Path) -> tuple[Page, Page]:
    """The index of a folder: the HTML, and the Markdown as it is shown."""
    markdown = (folder / "index.md").read_text(encoding="utf-8")
    return Page((folder / "index.html").read_text(encoding="utf-8")), Page(MarkdownIt("commonmark").render(markdown))


def keys(folder: Path) -> list[str]:
    """The periods that an index lists, in its order; both of its forms list the same, and no link of them is dead."""
    found = []
    for page in pages(folder):
        assert all((folder / unquote(target)).is_file() for target, _ in page.links)
        by_heading = [text for _, text in page.links if text.startswith(("招商", "2"))]
        found.append([re.search(r"\d{4}-[\w-]+", text)[0] for text in by_heading])
    assert found[0] == found[1]
    return found[0]


@pytest.fixture
def put(tmp_path: Path, full_digest: Digest, delivery: Callable[..., Delivery], now: datetime) -> Callable[..., Digest]:
    """Delivers digests to the file channel."""

    def one(key: str, audience: str = "everyone", formats: tuple[str, ...] = ("md", "html")) -> Digest:
        digest = replace(full_digest, audience=audience, period=parse_period(key))
        FileChannel(tmp_path, formats).send(delivery(audience=audience, period_key=key), digest, now)
        return digest

    return one


def test_every_digest_is_listed_newest_first_with_its_counts(put, tmp_path: Path) -> None:
    for key in ("2025-W28", "2024-W52", "2025-W29"):
        put(key)
    told = put("2025-07", "南京")
    put("2025-07-20", "南京", ("json", "md"))
    assert keys(tmp_path / "everyone") == ["2025-W29", "2025-W28", "2024-W52"]
    assert keys(tmp_path / "南京") == ["2025-07", "2025-07-20"]
    assert keys(tmp_path) == ["2025-07", "2025-W29", "2025-07-20", "2025-W28", "2024-W52"]
    for page in pages(tmp_path):
        assert heading(told) in page.text
        assert counts(told) in page.text
        assert [text for _, text in page.links if text in ("everyone", "南京")] == ["everyone", "南京"]
        assert "JSON" in [text for target, text in page.links if "2025-07-20.json" in target]
        assert page.text.index("2025\n") < page.text.index("2024\n")


def test_nothing_is_written_where_there_is_nothing(tmp_path: Path) -> None:
    refresh(tmp_path / "digests")
    assert not (tmp_path / "digests").exists()
    refresh(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [".index.lock"]


def test_what_was_deleted_by_hand_is_not_linked_to(put, tmp_path: Path) -> None:
    for key in ("2025-W27", "2025-W28", "2025-W29"):
        put(key)
    for name in ("2025-W27.md", "2025-W27.html", "2025-W28.html"):
        (tmp_path / "everyone" / name).unlink()
    refresh(tmp_path)
    for folder in (tmp_path, tmp_path / "everyone"):
        assert keys(folder) == ["2025-W29", "2025-W28"]
    put("2025-W27", formats=("md",))  # it came back
    assert keys(tmp_path) == ["2025-W29", "2025-W28", "2025-W27"]
    for path in (tmp_path / "everyone").glob("2025*"):
        path.unlink()
    refresh(tmp_path)
    assert keys(tmp_path) == keys(tmp_path / "everyone") == []


def test_after_a_crash_before_the_index_the_delivery_is_tried_again_and_writes_it(
    open_desk: Callable[..., Any], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    desk = open_desk()
    desk.freeze()
    with monkeypatch.context() as crash:
        crash.setattr(file_channel, "list_digest", full)
        (outcome,) = desk.deliver()
    assert "the index of digests cannot be written: No space left on device" in outcome.error
    assert desk.outbox()["file"].state == DeliveryState.PENDING
    root = desk.setup.digests_dir
    assert (root / "everyone" / "2025-W29.md").exists()
    assert not (root / "index.html").exists()
    desk.deliver(now + timedelta(minutes=5))
    assert keys(root) == keys(root / "everyone") == ["2025-W29"]


@pytest.mark.parametrize("lost", ["gone", "broken", "of another shape"])
def test_headings_that_nobody_remembers_are_read_from_the_files(put, tmp_path: Path, lost: str) -> None:
    whole = put("2025-W29", formats=("json",))
    page, text = put("2025-W28", formats=("html",)), put("2025-W27", formats=("md",))
    (tmp_path / "everyone" / "2025-W26.pdf").write_bytes(b"%PDF-")
    memory = tmp_path / "everyone" / ".index.json"
    memory.unlink()
    if lost != "gone":
        memory.write_text("{" if lost == "broken" else "[1]", encoding="utf-8")
    refresh(tmp_path)
    assert keys(tmp_path) == ["2025-W29", "2025-W28", "2025-W27", "2025-W26"]
    for shown in pages(tmp_path):
        assert all(heading(one) in shown.text for one in (whole, page, text))
        assert counts(whole) in shown.text
    assert index._remembered(tmp_path / "everyone").keys() == {"2025-W26", "2025-W27", "2025-W28", "2025-W29"}


def test_no_file_is_read_twice_for_its_heading(put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put("2025-W28")
    (tmp_path / "everyone" / ".index.json").unlink()
    asked: list[str] = []
    real = index._read_heading
    monkeypatch.setattr(
        index, "_read_heading", lambda folder, key, forms: asked.append(key) or real(folder, key, forms)
    )
    refresh(tmp_path)
    put("2025-W29")
    refresh(tmp_path)
    assert asked == ["2025-W28"]


def test_writing_it_again_changes_nothing(put, tmp_path: Path) -> None:
    put("2025-W29")
    before = {path: path.stat().st_ino for path in tmp_path.rglob("*")}
    refresh(tmp_path)
    assert {path: path.stat().st_ino for path in tmp_path.rglob("*")} == before


def test_what_is_no_digest_is_left_out(put, tmp_path: Path) -> None:
    put("2025-W29")
    operator = tmp_path / "operator"
    operator.mkdir()
    (operator / "2025-07-21T080000-zhanjiang-3.md").write_text("# 来源异常", encoding="utf-8")
    for name in ("test.md", "2025-W60.md", "2025w28.md", "2025-W27.docx", ".2025-W26.md", "README.md"):
        (tmp_path / "everyone" / name).write_text("# x", encoding="utf-8")
    (tmp_path / "everyone" / "2025-W20.md").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "2025-W01.md").write_text("# x", encoding="utf-8")
    stranger = tmp_path / os.fsdecode(b"\xff")
    stranger.mkdir()
    (stranger / "2025-W01.md").write_text("# x", encoding="utf-8")
    refresh(tmp_path)
    assert keys(tmp_path) == keys(tmp_path / "everyone") == ["2025-W29"]
    assert [path.name for path in operator.iterdir()] == ["2025-07-21T080000-zhanjiang-3.md"]
    assert not any("operator" in page.text for page in pages(tmp_path))


def test_a_folder_that_may_not_be_looked_into_keeps_no_digest_away(
    put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("2025-W28", "private")
    real = os.scandir

    def scandir(path: Path) -> Any:
        if Path(path).name == "private":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    put("2025-W29")
    assert keys(tmp_path) == ["2025-W29"]


def test_alerts_stand_in_the_folder_of_their_rule_alone(put, tmp_path: Path) -> None:
    put("2025-W29")
    rule = tmp_path / "大项目"
    rule.mkdir()
    for key in ("2025-07-21T080503", "2025-07-22T101500"):
        (rule / f"{key}.md").write_text(f"# 招商快讯 {key}", encoding="utf-8")
    refresh(tmp_path)
    assert keys(tmp_path) == ["2025-W29"]
    assert "大项目（2 期）" in pages(tmp_path)[0].text
    assert [text for _, text in pages(rule)[0].links if "快讯" in text] == [
        "招商快讯 2025-07-22T101500",
        "招商快讯 2025-07-21T080503",
    ]


def test_an_alert_is_listed_without_the_counts_of_what_no_alert_tells(
    full_digest: Digest, delivery: Callable[..., Delivery], now: datetime, tmp_path: Path
) -> None:
    period = replace(full_digest.period, key="2025-07-21T080503", kind="alert")
    alert = replace(full_digest, audience="大项目", period=period, sources=())
    FileChannel(tmp_path, ("md",)).send(delivery(audience="大项目", period_key=period.key), alert, now)
    for page in pages(tmp_path / "大项目"):
        assert heading(alert) in page.text
        assert "来源" not in page.text
        assert "旧闻" not in page.text


def test_markup_in_names_and_titles_shows_as_text(tmp_path: Path) -> None:
    name = "<b>&\"'](http:x) *a*"
    titles = {
        "2025-W29.html": "<title>&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp; *b* [x](http://x.example)</title>",
        "2025-W28.md": "# \\<img src=x\\> {{ 7 * 7 }} | `c`\n",
    }
    for folder in (tmp_path / name, tmp_path / "plain"):
        folder.mkdir()
        for file, text in titles.items():
            (folder / file).write_text(text, encoding="utf-8")
    refresh(tmp_path)
    for folder in (tmp_path, tmp_path / name):
        for page in pages(folder):
            assert name in page.text
            assert "<script>alert(1)</script> &amp; *b* [x](http://x.example)" in page.text
            assert "<img src=x> {{ 7 * 7 }} | `c`" in page.text
            assert not page.elements & {"b", "em", "script", "img", "code", "strong"}
            assert all((folder / unquote(target)).is_file() for target, _ in page.links)


@pytest.mark.long
def test_two_processes_that_write_at_once_leave_a_whole_index(
    tmp_path: Path, full_digest: Digest, child: Callable[..., Any]
) -> None:
    saved = tmp_path / "digest.json"
    saved.write_text(to_json(full_digest), encoding="utf-8")
    weeks = [f"2025-W{week:02d}" for week in range(1, 31)]
    shares = {("everyone", 0): weeks[::2], ("everyone", 1): weeks[1::2], ("南京", 0): weeks}
    writers = [child(WRITER, tmp_path / "digests", saved, name, *share) for (name, _), share in shares.items()]
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]
    for name in ("everyone", "南京"):
        assert keys(tmp_path / "digests" / name) == weeks[::-1]
        assert index._remembered(tmp_path / "digests" / name).keys() == set(weeks)
    assert keys(tmp_path / "digests") == [week for week in weeks[::-1] for _ in range(2)]


def test_deliver_looks_after_it_also_when_nothing_is_due(workplace) -> None:
    folder = workplace.data / "digests" / "everyone"
    folder.mkdir(parents=True)
    (folder / "2025-W29.md").write_text("# 招商周报 2025-W29：新事件 1 件\n", encoding="utf-8")
    assert workplace.zhaoshang("deliver").returncode == 0
    assert keys(workplace.data / "digests") == ["2025-W29"]

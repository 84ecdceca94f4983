"""Reads every fixture page and scores what came of it against its sidecar: the numbers behind the quality gate."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.extract import read_listing, read_post
from monitor.pages import Article, ListingPage, PageRequest, RawPage
from monitor.text import LabelPattern, title_key

PAGES = Path(__file__).parent.parent / "fixtures" / "pages"


@dataclass(frozen=True)
class Fixture:
    """A saved page with what it must yield."""

    path: Path
    expected: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.name}"

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.expected["now"])

    @property
    def raw(self) -> RawPage:
        said = self.expected
        request = PageRequest(said["url"], said.get("method", "GET"), said.get("request_body") or "")
        now = self.now if "now" in said else datetime.fromisoformat("2025-07-21T08:00:00+08:00")
        return RawPage(
            request, said["url"], self.path.read_bytes(), now, said.get("status", 200), said.get("content_type")
        )


def fixtures(kind: str, root: Path = PAGES) -> Iterator[Fixture]:
    """All fixtures of a kind: listing, post, blocked."""
    for sidecar in sorted((root / kind).glob("*.expect.json")):
        (page,) = [
            path for path in sidecar.parent.glob(sidecar.name.removesuffix(".expect.json") + ".*") if path != sidecar
        ]
        yield Fixture(page, json.loads(sidecar.read_text(encoding="utf-8")))


@dataclass
class Score:
    """Counts over many pages, and the pages that fell short, each with what differs."""

    counts: Counter[str] = field(default_factory=Counter)
    short: dict[str, list[str]] = field(default_factory=dict)

    def ratio(self, hit: str, total: str) -> float:
        return self.counts[hit] / self.counts[total] if self.counts[total] else 1.0

    def note(self, name: str, problem: str) -> None:
        self.short.setdefault(name, []).append(problem)


def read(fixture: Fixture) -> ListingPage:
    return read_listing(fixture.raw, fixture.now)


def score_listing(fixture: Fixture, page: ListingPage, score: Score) -> None:
    """Records count as found when title, link and date agree; labels, summaries, bodies and next page by themselves."""
    expected = fixture.expected
    pattern = LabelPattern.parse(expected.get("label", "【…招商】"))
    wanted = [(True, one) for one in expected["entries"]] + [(False, one) for one in expected["skipped"]]
    got = [
        (
            pattern.match(entry.title) is not None,
            entry.title,
            entry.url,
            entry.published_on and entry.published_on.isoformat(),
            entry,
        )
        for entry in page.entries
    ]
    left = list(got)
    for admitted, one in wanted:
        score.counts["wanted"] += 1
        match = next(
            (g for g in left if (g[0], title_key(g[1]), g[2]) == (admitted, title_key(one["title"]), one["url"])), None
        )
        score.counts["dates wanted"] += match is not None
        if match is not None and match[3] == one["date"]:
            score.counts["found"] += 1
            score.counts["dates right"] += 1
        else:
            near = next((g for g in left if title_key(g[1]) == title_key(one["title"])), None)
            score.note(
                fixture.name, f"wanted {one['title']!r} {one['url']} {one['date']}; got {near[1:4] if near else None}"
            )
        if match is not None:
            left.remove(match)
            _score_texts(fixture, one, match[4], score)
    score.counts["given"] += len(got)
    for extra in left:
        score.note(fixture.name, f"extra {extra[1:4]}")
    score.counts["pages"] += 1
    score.counts["next right"] += page.next_url == expected["next_page"]
    for problem in _around_the_records(page, expected):
        score.note(fixture.name, problem)


def _around_the_records(page: ListingPage, expected: dict[str, Any]) -> Iterator[str]:
    """What is wrong with next page, encoding, call and warnings."""
    if page.next_url != expected["next_page"]:
        yield f"next: wanted {expected['next_page']}; got {page.next_url}"
    if "encoding" in expected and page.encoding != expected["encoding"]:
        yield f"encoding: wanted {expected['encoding']}; got {page.encoding} ({page.charset_note})"
    call = expected.get("call")
    if call and (page.call is None or (page.call.url, page.call.method) != (call["url"], call.get("method", "GET"))):
        yield f"call: wanted {call}; got {page.call}"
    for word in expected.get("warnings", []):
        if not any(word in warning for warning in page.warnings):
            yield f"warning {word!r} is missing in {page.warnings}"
    if page.blocked is not None:
        yield f"blocked: {page.blocked}"


def _score_texts(fixture: Fixture, one: dict[str, Any], entry: Any, score: Score) -> None:
    for name in ("summary", "body"):
        if one.get(name):
            score.counts["texts wanted"] += 1
            got = getattr(entry, name) or ""
            if text_f1(one[name], got) >= 0.95:
                score.counts["texts right"] += 1
            else:
                score.note(fixture.name, f"{name}: wanted {one[name][:60]!r}; got {got[:60]!r}")


def text_f1(wanted: str, got: str) -> float:
    """F1 over bags of character pairs, white space left out: 1 for equal texts, whatever their paragraphs."""
    a, b = _pairs(wanted), _pairs(got)
    common = sum((a & b).values())
    return 2 * common / (sum(a.values()) + sum(b.values())) if a or b else 1.0


def _pairs(text: str) -> Counter[str]:
    packed = "".join(text.split())
    return Counter(packed[n : n + 2] for n in range(len(packed) - 1))


def score_post(fixture: Fixture, article: Article | None, score: Score) -> None:
    """Title, date and origin exactly; the body by F1."""
    expected = fixture.expected
    score.counts["posts"] += 1
    body = article.body if article else ""
    f1 = text_f1("\n".join(expected["body"]), body)
    score.counts["body f1 sum"] += round(f1 * 1000)
    if f1 < 0.97:
        score.note(
            fixture.name, f"body f1 {f1:.3f}: wanted {len(''.join(expected['body']))} characters, got {len(body)}"
        )
    if body.split("\n") != expected["body"]:
        score.note(fixture.name, f"paragraphs: wanted {len(expected['body'])}, got {len(body.splitlines())}")
    got = {
        "title": article.title if article else None,
        "published": article.published_on.isoformat() if article and article.published_on else None,
        "source": article.origin if article else None,
        "attachments": [{"title": a.title, "url": a.url} for a in article.attachments] if article else [],
    }
    for name, value in got.items():
        score.counts[f"{name} right"] += value == expected[name]
        if value != expected[name]:
            score.note(fixture.name, f"{name}: wanted {expected[name]!r}; got {value!r}")


@dataclass
class Report:
    """The scores of all three kinds of fixture."""

    listing: Score
    post: Score
    blocked: Score

    @property
    def numbers(self) -> dict[str, float]:
        """What the floors are about, each from 0 to 1."""
        precision, recall = self.listing.ratio("found", "given"), self.listing.ratio("found", "wanted")
        posts = max(self.post.counts["posts"], 1)
        return {
            "records precision": precision,
            "records recall": recall,
            "records f1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0,
            "dates": self.listing.ratio("dates right", "dates wanted"),
            "next page": self.listing.ratio("next right", "pages"),
            "summaries and bodies": self.listing.ratio("texts right", "texts wanted"),
            "post body f1": self.post.counts["body f1 sum"] / 1000 / posts,
            "post title": self.post.ratio("title right", "posts"),
            "post date": self.post.ratio("published right", "posts"),
            "post source": self.post.ratio("source right", "posts"),
            "post attachments": self.post.ratio("attachments right", "posts"),
            "blocked": self.blocked.ratio("right", "pages"),
        }

    def problems(self) -> list[str]:
        """What falls short, page by page."""
        short = {**self.listing.short, **self.post.short, **self.blocked.short}
        return [f"{name}: {problem}" for name, problems in short.items() for problem in problems[:8]]


def measure(root: Path = PAGES) -> Report:
    """Read every fixture below `root` and score it."""
    report = Report(Score(), Score(), Score())
    for fixture in fixtures("listing", root):
        score_listing(fixture, read(fixture), report.listing)
    for fixture in fixtures("post", root):
        score_post(fixture, read_post(fixture.raw, fixture.now).article, report.post)
    for fixture in fixtures("blocked", root):
        page = read_listing(fixture.raw, fixture.raw.fetched_at)
        right = page.blocked is not None and page.blocked.kind == fixture.expected["blocked"]
        report.blocked.counts.update({"pages": 1, "right": int(right)})
        if not right:
            report.blocked.note(fixture.name, f"wanted {fixture.expected['blocked']}; got {page.blocked}")
    return report


if __name__ == "__main__":
    measured = measure(*(Path(argument) for argument in sys.argv[1:]))
    print(*measured.problems(), sep="\n")
    print(json.dumps(measured.numbers, indent=2))

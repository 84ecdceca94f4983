"""What a probe saw on one page, and its JSON: the words between the crawler's process and the command line.

Standard library only. It reads no page and shows nothing.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from monitor.pages import Attachment, Block, BlockKind, PageRequest

# What would act on a terminal, turn text around or not encode: in JSON it can stand as an escape instead.
_UNSAFE = re.compile("[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")


@dataclass(frozen=True, slots=True)
class ProbedEntry:
    """One record of a listing. `label` is the text inside its brackets: `湛江招商`."""

    title: str
    label: str | None = None
    url: str | None = None
    published_on: date | None = None
    summary: str | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class ProbedListing:
    """A listing page as a crawl would read it.

    `skipped` are off-label. `call` is where the records were (or, for a file, are to be) fetched from when the page
    only holds the script that does so. `private`: the page came from an address that is not public. `error` says why
    the page could not be read at all. `source_table` is the table to put into zhaoshang.toml.
    """

    url: str
    method: str = ""
    charset: str = ""
    entries: tuple[ProbedEntry, ...] = ()
    skipped: tuple[ProbedEntry, ...] = ()
    next_page: PageRequest | None = None
    warnings: tuple[str, ...] = ()
    score: float = 0.0
    signature: str = ""
    charset_note: str = ""
    blocked: Block | None = None
    call: PageRequest | None = None
    label: str = ""
    page_title: str = ""
    private: bool = False
    error: str = ""
    source_table: str = ""

    @property
    def newest(self) -> date | None:
        """The newest date of an admitted record."""
        return max((entry.published_on for entry in self.entries if entry.published_on), default=None)

    @property
    def trouble(self) -> str:
        """Why there are no records, in a line; empty when there are some."""
        if self.error or self.blocked:
            return self.error or str(self.blocked)
        if self.entries or self.skipped:
            return ""
        return f"no records here; they are fetched from {self.call.url}" if self.call else "no records found"


@dataclass(frozen=True, slots=True)
class ProbedPost:
    """A post's own page as a crawl would read it. `body` is its paragraphs."""

    url: str
    title: str | None = None
    body: tuple[str, ...] = ()
    published_on: date | None = None
    origin: str | None = None
    attachments: tuple[Attachment, ...] = ()
    warnings: tuple[str, ...] = ()
    charset: str = ""
    charset_note: str = ""
    blocked: Block | None = None
    error: str = ""

    @property
    def trouble(self) -> str:
        """Why there is no post, in a line; empty when there is one."""
        if self.error or self.blocked:
            return self.error or str(self.blocked)
        return "" if self.body else "no body found"


def to_json(probed: ProbedListing | ProbedPost, *, indent: int | None = None) -> str:
    """One object: dates are ISO or null, addresses text or null. `listing_of` and `post_of` read it back equal."""
    record = _listing_record(probed) if isinstance(probed, ProbedListing) else _post_record(probed)
    text = json.dumps(record, ensure_ascii=False, indent=indent)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def listing_of(text: str) -> ProbedListing:
    """The listing that `to_json` wrote. Raises ValueError, KeyError or TypeError for any other text."""
    record = json.loads(text)
    return ProbedListing(
        url=record["url"],
        method=record["method"],
        charset=record["charset"],
        entries=tuple(_entry(entry) for entry in record["entries"]),
        skipped=tuple(_entry(entry) for entry in record["skipped"]),
        next_page=_request(record["next_request"]),
        warnings=tuple(record["warnings"]),
        score=record["score"],
        signature=record["signature"],
        charset_note=record["charset_note"],
        blocked=_block(record["blocked"]),
        call=_request(record["call"]),
        label=record["label"],
        page_title=record["page_title"],
        private=record["private"],
        error=record["error"] or "",
        source_table=record["source_table"] or "",
    )


def post_of(text: str) -> ProbedPost:
    """The post that `to_json` wrote. Raises ValueError, KeyError or TypeError for any other text."""
    record = json.loads(text)
    return ProbedPost(
        url=record["url"],
        title=record["title"],
        body=tuple(record["body"]),
        published_on=_day(record["published"]),
        origin=record["source"],
        attachments=tuple(Attachment(one["title"], one["url"]) for one in record["attachments"]),
        warnings=tuple(record["warnings"]),
        charset=record["charset"],
        charset_note=record["charset_note"],
        blocked=_block(record["blocked"]),
        error=record["error"] or "",
    )


def _listing_record(listing: ProbedListing) -> dict[str, object]:
    return {
        "method": listing.method,
        "charset": listing.charset,
        "entries": [_entry_record(entry) for entry in listing.entries],
        "skipped": [
            {"title": entry.title, "url": entry.url, "date": _iso(entry.published_on)} for entry in listing.skipped
        ],
        "next_page": listing.next_page.url if listing.next_page else None,
        "warnings": list(listing.warnings),
        "url": listing.url,
        "score": round(listing.score, 3),
        "signature": listing.signature,
        "charset_note": listing.charset_note,
        "blocked": _block_record(listing.blocked),
        "call": _request_record(listing.call),
        "label": listing.label,
        "source_table": listing.source_table or None,
        "next_request": _request_record(listing.next_page),
        "page_title": listing.page_title,
        "private": listing.private,
        "error": listing.error or None,
    }


def _post_record(post: ProbedPost) -> dict[str, object]:
    return {
        "title": post.title,
        "body": list(post.body),
        "published": _iso(post.published_on),
        "source": post.origin,
        "attachments": [{"title": one.title, "url": one.url} for one in post.attachments],
        "warnings": list(post.warnings),
        "blocked": _block_record(post.blocked),
        "charset": post.charset,
        "charset_note": post.charset_note,
        "url": post.url,
        "error": post.error or None,
    }


def _entry_record(entry: ProbedEntry) -> dict[str, object]:
    return {
        "title": entry.title,
        "label": entry.label,
        "url": entry.url,
        "date": _iso(entry.published_on),
        "summary": entry.summary,
        "body": entry.body,
    }


def _entry(record: Mapping[str, Any]) -> ProbedEntry:
    return ProbedEntry(
        record["title"],
        record.get("label"),
        record["url"],
        _day(record["date"]),
        record.get("summary"),
        record.get("body"),
    )


def _request_record(request: PageRequest | None) -> dict[str, object] | None:
    if request is None:
        return None
    headers = dict(request.headers)
    return {"url": request.url, "method": request.method, "headers": headers, "body": request.body}


def _request(record: Mapping[str, Any] | None) -> PageRequest | None:
    if record is None:
        return None
    return PageRequest(record["url"], record["method"], record["body"], tuple(record["headers"].items()))


def _block_record(block: Block | None) -> dict[str, str] | None:
    return {"kind": block.kind.value, "sign": block.sign} if block else None


def _block(record: Mapping[str, str] | None) -> Block | None:
    return Block(BlockKind(record["kind"]), record["sign"]) if record else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

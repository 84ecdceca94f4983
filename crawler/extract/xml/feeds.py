"""Reads RSS, RDF, Atom and JSON Feed from text that is already decoded; other XML and JSON it leaves to others."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawler.extract.html.addresses import resolve, same_site
from crawler.extract.html.fields import Reading
from crawler.extract.html.fragments import line_of, paragraphs_of
from crawler.extract.html.listing import entries_of
from crawler.extract.interfaces.json_text import read_json_text
from crawler.extract.interfaces.json_values import date_of, text_of
from crawler.extract.xml.feed_xml import feed_root, whole_feed
from monitor.pages import ListingPage, PageRequest, RawPage
from monitor.text import is_cut, summarise, title_key

_HEAD = 5000  # characters in which a JSON Feed says what it is
_JSON_FEED = "jsonfeed.org/version"
_LEAST_BODY = 200  # characters; a content that is shorter may be a teaser
_TEASES = re.compile(
    r"(?:\[…\]|\[\.\.\.\]|阅读全文|查看全文|阅读更多|read more|continue reading)\W{0,9}$", re.IGNORECASE
)
_UNTITLED = 48  # characters of its text that stand for the title of an item without one


@dataclass(frozen=True, slots=True)
class _Item:
    """One item as the feed has it: texts that may be HTML, dates as written, the likeliest first."""

    title: str
    href: str
    dates: list[str]
    summary: str
    content: str


def read_feed(text: str, raw: RawPage, now: datetime) -> ListingPage | None:
    """The items of a feed in its order; None when the text is no feed.

    Dates are days in the zone of `now`; one that prints no zone is taken as it stands. A malformed feed yields its
    whole items, with a warning.
    """
    if root := feed_root(text):
        return _read_xml(text, root, raw, now)
    return _read_json(text, raw, now) if _JSON_FEED in text[:_HEAD] else None


# -- RSS, RDF, Atom ---------------------------------------------------------------------------------------------------


def _read_xml(text: str, root: str, raw: RawPage, now: datetime) -> ListingPage:
    # Imported here: it takes a twentieth of a second, and most sources are no feeds.
    import feedparser  # type: ignore[import-untyped]  # noqa: PLC0415

    kind = "atom" if root == "feed" else "rss"
    whole = whole_feed(text)
    if whole is None:
        return ListingPage(raw.url, kind, (), warnings=("a feed that cannot be read",))
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": raw.url}
    feed = feedparser.parse(
        io.BytesIO(whole.xml), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    items = [_from_xml(dict(item)) for item in feed.entries]  # plain: its own dicts guess, and warn of it
    following = next((link.get("href") for link in feed.feed.get("links", []) if link.get("rel") == "next"), "")
    return _page(items, kind, raw, now, whole.warnings, text_of(following))


def _from_xml(item: Mapping[str, Any]) -> _Item:
    contents = [text_of(content.get("value")) for content in item.get("content", [])]
    dates = [item.get(name) for name in ("published", "created", "issued", "updated", "date")]
    return _Item(
        title=text_of(item.get("title")),
        href=text_of(item.get("link")) or _permalink(item),
        dates=[text_of(value) for value in dates if value],
        summary=text_of(item.get("summary")),
        content=max(contents, key=len, default=""),
    )


def _permalink(item: Mapping[str, Any]) -> str:
    """An identifier that is an address, where an item has no link."""
    identifier = text_of(item.get("id"))
    return identifier if identifier.startswith(("http://", "https://")) else ""


# -- JSON Feed --------------------------------------------------------------------------------------------------------


def _read_json(text: str, raw: RawPage, now: datetime) -> ListingPage | None:
    document = read_json_text(text)
    feed = document.value if document is not None else None
    if document is None or not isinstance(feed, dict) or _JSON_FEED not in text_of(feed.get("version")):
        return None
    listed = feed.get("items")
    items = [_from_json(item) for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    return _page(items, "json feed", raw, now, document.warnings, text_of(feed.get("next_url")))


def _from_json(item: Mapping[str, object]) -> _Item:
    return _Item(
        title=text_of(item.get("title")),
        href=text_of(item.get("url")) or text_of(item.get("external_url")) or _permalink(item),
        dates=[text_of(item.get(name)) for name in ("date_published", "date_modified") if item.get(name)],
        summary=text_of(item.get("summary")),
        content=text_of(item.get("content_html")) or text_of(item.get("content_text")),
    )


# -- entries ----------------------------------------------------------------------------------------------------------


def _page(
    items: Sequence[_Item], kind: str, raw: RawPage, now: datetime, warnings: Sequence[str], following: str
) -> ListingPage:
    readings = [reading for item in items if title_key((reading := _reading(item, raw.url, now)).title)]
    entries, told = entries_of(readings, now)
    said = [*warnings, *told]
    if not entries:
        said.append("a feed without items")
    url = resolve(following, raw.url) if following else None
    next_page = PageRequest(url) if url is not None and url != raw.request.url and same_site(url, raw.url) else None
    score = 1.0 if entries else 0.0
    return ListingPage(raw.url, kind, entries, next_page, None, tuple(said), kind, score)


def _reading(item: _Item, base: str, now: datetime) -> Reading:
    url = resolve(item.href, base) if item.href else None
    summary, content = paragraphs_of(item.summary), paragraphs_of(item.content)
    body = content if _is_whole(content, summary) else ""
    if not body and url is None and len(summary or content) >= _LEAST_BODY:
        body, summary = summary or content, ""  # there is no page to read it on
    summary = "" if body and title_key(summary) == title_key(body) else summary or ("" if body else content)
    title = line_of(item.title) or summarise(summary or body, _UNTITLED)
    printed = next((found for value in item.dates if (found := date_of(value, now)) is not None), None)
    return Reading(title, url, printed, " ".join(summary.split("\n")) or None, body or None)


def _is_whole(content: str, summary: str) -> bool:
    """Whether a content is the whole text: long, not cut, and no less than the summary says."""
    if len(content) < _LEAST_BODY or is_cut(content) or _TEASES.search(content[-60:]):
        return False
    return len(content) >= len(summary)

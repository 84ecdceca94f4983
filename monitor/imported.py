"""Reads one line of a file of posts from elsewhere; pure, it opens no file and stores nothing."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from monitor.pages import Entry
from monitor.text import clean, clean_body, title_key

_SHOWN = 40  # characters of a value in a message


@dataclass(frozen=True, slots=True)
class ImportedPost:
    """A post of the file, and the name of the source that the line gives, if any."""

    entry: Entry
    source: str | None


class BadLine(ValueError):
    """A line that is no post; its words say what is wrong with it. Raised by read_line."""


def read_line(raw: bytes) -> ImportedPost | None:
    """The post of a line; None for an empty one. A post without a text is told by its title. Raises BadLine."""
    try:
        text = raw.decode("utf-8-sig").strip()
        found = json.loads(text) if text else None
    except UnicodeDecodeError as error:
        raise BadLine("is not UTF-8") from error
    except (ValueError, RecursionError) as error:  # broken, a number of thousands of digits, nested a thousand deep
        raise BadLine("is no JSON") from error
    if not text:
        return None
    if not isinstance(found, dict):
        raise BadLine('is no JSON object; write {"title": …, "body": …, "published": …}')
    body = clean_body(_text(found, "body"))
    title = clean(_text(found, "title"))
    if not title_key(title):
        raise BadLine("has an empty title")
    source = clean(_text(found, "source")) if found.get("source") is not None else ""
    return ImportedPost(Entry(title, _url(found), _published(found), body=body or title), source or None)


def _text(found: dict[str, Any], key: str) -> str:
    value = found.get(key)
    if value is None:
        raise BadLine(f"has no {key}")
    if not isinstance(value, str):
        raise BadLine(f"{key} is no text: {_shown(value)}")
    return value


def _published(found: dict[str, Any]) -> date:
    written = _text(found, "published").strip()
    try:
        return date.fromisoformat(written)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(written).date()
    except ValueError as error:
        raise BadLine(f"published is no day: {_shown(written)}; write it as 2025-07-21") from error


def _url(found: dict[str, Any]) -> str | None:
    if found.get("url") is None:
        return None
    written = _text(found, "url").strip()
    try:
        parts = urlsplit(written)
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        known = False
    if written and not known:
        raise BadLine(f"url is no http(s) address: {_shown(written)}")
    return written or None


def _shown(value: object) -> str:
    text = " ".join(str(value).split())
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")

"""Writes a post that an interface sends as JSON as a page with that post, which the reader of pages then reads.

It decides which object is the post and what its fields are; what in the body is body is not asked here.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape, unescape
from itertools import islice

from crawler.extract.html.fragments import has_markup, line_of
from crawler.extract.interfaces.field_names import Role, folded, name_bonus, words
from crawler.extract.interfaces.json_text import json_inside, read_json_text
from crawler.extract.interfaces.json_values import date_of, text_of

_OBJECTS = 5_000  # that are looked at
_FIELDS = 200  # of an object
_LEAST_BODY = 10  # characters: a shorter text is a status, or empty
_LONGEST_TITLE = 300  # characters
_MOST_FILES = 100
_UPDATED = -2.0  # above which a field's name may name a date: the time of a change may be it, a deadline never
_LIKE_JSON = re.compile(r"[\ufeff\s\x00]*+(?:\{\s*+\"|\[\s*+\{)")
_FILES = re.compile(r"file|attach|fujian|annex|附件")
_ORIGINS = words(
    "source origin docsource docsourcename contentsource articlesource newssource infosource sourcename ly laiyuan xxly"
    " wzly fromsource mediasource 来源 信息来源 文章来源"
)
_ADDRESSES = words("url fileurl fileurls path filepath href link downloadurl attachurl attachmenturl src fileaddr 地址")
_NAMES = words("name filename title originalname oldname realname showname attachname attachmentname 名称 文件名")

_Object = dict[str, object]


@dataclass(frozen=True, slots=True)
class JsonPage:
    """A page with the post of a JSON answer, empty where the answer holds none; and what was overlooked to read it."""

    text: str
    warnings: tuple[str, ...] = ()


def json_page(text: str, now: datetime) -> JsonPage | None:
    """The post of a JSON answer as a page; None when the text is no JSON. Never raises for what a text contains."""
    if text.lstrip("\ufeff \t\r\n\x00")[:1] in ("<", ""):  # nearly every page
        return None
    document = read_json_text(text)
    if document is None:
        return JsonPage("") if _LIKE_JSON.match(text) else None  # broken, but its braces and names are no body
    post = _post(document.value)
    return JsonPage(_written(post, now) if post is not None else "", document.warnings)


def _post(value: object) -> _Object | None:
    """The object with the surest names of title and body, the outermost of equals; its inner objects are asked too.

    None when no object has both: an array of several is a list, and none of them is the post.
    """
    objects = list(_objects(value))
    return _surest(objects) or _surest([_with_inner(thing) for thing in objects])


def _surest(objects: list[_Object]) -> _Object | None:
    best, most = None, 0.0
    for thing in objects:
        title, body = _field(thing, "title")[0], _field(thing, "body")[0]
        if title and body and title + body > most:
            best, most = thing, title + body
    return best


def _objects(value: object) -> Iterator[_Object]:
    queue = deque([value])
    for _ in range(_OBJECTS):
        if not queue:
            return
        one = queue.popleft()
        if isinstance(one, dict):
            yield dict(islice(one.items(), _FIELDS))
            queue.extend(inner for inner in one.values() if isinstance(inner, dict | list))
        elif isinstance(one, list) and len(one) == 1:
            queue.append(one[0])


def _with_inner(thing: _Object) -> _Object:
    """An object with the fields of the objects in it, where it has no such field itself."""
    merged: _Object = {}
    for inner in thing.values():
        if isinstance(inner, dict):
            merged = dict(islice(inner.items(), _FIELDS)) | merged
    return merged | thing


def _field(thing: _Object, role: Role) -> tuple[float, str]:
    """How sure the best field of a role is by its name, and its text; of equals the first."""
    best, text = 0.0, ""
    for name, value in thing.items():
        bonus = name_bonus(name, role)
        if bonus > best:
            written = text_of(value).strip()
            if len(written) >= _LEAST_BODY if role == "body" else 0 < len(written) <= _LONGEST_TITLE:
                best, text = bonus, written
    return best, text


def _written(post: _Object, now: datetime) -> str:
    title = escape(line_of(_field(post, "title")[1]))
    declared = {"articletitle": title, "pubdate": _date(post, now), "contentsource": escape(_origin(post))}
    head = "".join(f'<meta name="{name}" content="{value}">' for name, value in declared.items())
    files = "".join(f'<li><a href="{escape(url)}">{escape(name)}</a></li>' for name, url in _files(post))
    body = f'<div id="zoom">{_markup(_field(post, "body")[1])}</div><ul class="fujian">{files}</ul>'
    return f"<html><head>{head}</head><body><h1>{title}</h1>{body}</body></html>"


def _markup(body: str) -> str:
    """A body as HTML: as it is, with its tags unescaped, or with its lines as paragraphs."""
    if not has_markup(body) and "&lt;" in body:
        body = unescape(body)
    if has_markup(body):
        return body
    return "".join(f"<p>{escape(unescape(line))}</p>" for line in body.splitlines())


def _date(post: _Object, now: datetime) -> str:
    """The value of the field whose name says most surely that it is the date of publication."""
    best, day = _UPDATED, ""
    for name, value in post.items():
        bonus = name_bonus(name, "date")
        if bonus and bonus > best and (found := date_of(value, now)) is not None and found.day is not None:
            best, day = bonus, found.day.isoformat()
    return day


def _origin(post: _Object) -> str:
    """The first text in a field that names the source; a number is a code of the system."""
    for name, value in post.items():
        if folded(name) in _ORIGINS and isinstance(value, str) and not value.strip().isdigit() and value.strip():
            return line_of(value)
    return ""


def _files(post: _Object) -> Iterator[tuple[str, str]]:
    """Names and addresses that a post lists, as objects or texts; which of them are files is judged by the reader."""
    for name, value in post.items():
        called = _FILES.search(name.lower()) is not None
        listed = (json_inside(value) or value) if isinstance(value, str) and called else value
        for one in islice(listed, _MOST_FILES) if isinstance(listed, list) else [listed]:
            if isinstance(one, dict) and (url := _first(one, _ADDRESSES)):
                yield line_of(_first(one, _NAMES)), url
            elif isinstance(one, str) and called:
                yield "", one.strip()


def _first(thing: _Object, names: tuple[str, ...]) -> str:
    """The first text in a field of one of these names, the surest name first."""
    texts = {folded(name): value.strip() for name, value in thing.items() if isinstance(value, str)}
    return next((texts[name] for name in names if texts.get(name)), "")

"""Looks up what the inline scripts of a page state: variables, options of calls, fields of forms; it runs nothing."""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

from crawler.extract.interfaces.expressions import read_arguments, read_value
from crawler.extract.interfaces.literals import Unknown

_MOST = 600_000  # characters of script
_INPUTS = 300
_SITES = 60  # calls of one function
_LOOKUPS = 120  # names that are looked for in one page
_PLACES = 6  # assignments to one name that are tried
_CHAIN = 12  # names that stand for names
_SCRIPT = re.compile(r"<script\b", re.IGNORECASE)
_CLOSES = re.compile(r"</script", re.IGNORECASE)
_OTHER_TYPE = re.compile(r"type\s*=\s*[\"']?[^\"'>]*(?:xml|json|template|html)", re.IGNORECASE)
_INPUT = re.compile(r"<input\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(id|name|value)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_BY_ID = re.compile(r"(?:\$|jQuery|document\.getElementById)\('#?([\w-]{1,60})'\)$")
_OF_QUERY = re.compile(r"(?i)[\w$.]*(?:query|param|request|geturl)[\w$.]*\('([\w-]{1,60})'\)$")
_TAG = 2000  # characters of attributes
_CALL = r"(?<![\w$]){name}\s*\("


class PageScripts:
    """The inline scripts of one page, as one text."""

    def __init__(self, text: str, url: str) -> None:
        self.url = url
        self.source = "\n;".join(_scripts(text))[:_MOST]
        self._page = text
        self._known: dict[str, object] = {}
        self._asked: list[str] = []
        self._fields: dict[str, str] | None = None

    def calls(self, name: str) -> Iterator[list[object]]:
        """The arguments of every call of a function whose name fits the pattern `name`."""
        for found in islice(re.finditer(_CALL.replace("{name}", name), self.source), _SITES):
            yield read_arguments(self.source, found.end(), self.value)

    def value(self, name: str) -> object:
        """What `name` (`a`, `a.b`, `$('#a')`, `getQueryString('a')`, `location.host`) stands for, or an Unknown."""
        if name not in self._known:
            if name in self._asked or len(self._asked) >= _CHAIN or len(self._known) >= _LOOKUPS:
                return Unknown(name)
            self._asked.append(name)
            self._known[name] = self._find(name)
            self._asked.pop()
        return self._known[name]

    def _find(self, name: str) -> object:
        if "location" in name:
            return self._of_location(name)
        if by_id := _BY_ID.match(name):
            return self._field(by_id[1])
        if of_query := _OF_QUERY.match(name):
            query = dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))
            return query.get(of_query[1], Unknown(of_query[1]))
        if name.endswith(")"):
            return Unknown(name.partition("(")[0])
        owner, _, member = name.rpartition(".")
        if owner and owner not in ("this", "that", "self", "_this", "window", "vm"):
            value = self.value(owner)
            if isinstance(value, dict) and member in value:
                return value[member]
        return self._assigned(member or name)

    def _assigned(self, name: str) -> object:
        for sign in (r"=(?![=>])", r":"):
            pattern = re.compile(rf"(?<![\w$]){re.escape(name)}['\"]?\s*{sign}\s*")
            for found in islice(pattern.finditer(self.source), _PLACES):
                value = read_value(self.source, found.end(), self.value)
                if not isinstance(value, Unknown) and value not in (None, ""):
                    return value
        return Unknown(name)

    def _of_location(self, name: str) -> object:
        parts = urlsplit(self.url)
        known = {
            "href": self.url,
            "origin": f"{parts.scheme}://{parts.netloc}",
            "protocol": f"{parts.scheme}:",
            "host": parts.netloc,
            "hostname": parts.hostname or "",
            "pathname": parts.path,
            "search": f"?{parts.query}" if parts.query else "",
            "location": self.url,
        }
        return known.get(name.rpartition(".")[2], Unknown(name))

    def _field(self, name: str) -> object:
        if self._fields is None:
            self._fields = {}
            for attributes, _ in islice(_tags(self._page, _INPUT), _INPUTS):
                said = {one[1].lower(): one[2] or one[3] or "" for one in _ATTRIBUTE.finditer(attributes)}
                self._fields.setdefault(said.get("id") or said.get("name") or "", said.get("value", ""))
        return self._fields.get(name) or Unknown(name)


def _scripts(text: str) -> Iterator[str]:
    for attributes, start in _tags(text, _SCRIPT):
        closed = _CLOSES.search(text, start)
        if not _OTHER_TYPE.search(attributes):
            yield text[start : closed.start() if closed else len(text)]
        if closed is None:
            return


def _tags(text: str, name: re.Pattern[str]) -> Iterator[tuple[str, int]]:
    """The attributes of every tag of one name, and where it ends."""
    place = 0
    while (found := name.search(text, place)) is not None:
        end = text.find(">", found.end())
        if end < 0:
            return
        yield text[found.end() : min(end, found.end() + _TAG)], end + 1
        place = end + 1

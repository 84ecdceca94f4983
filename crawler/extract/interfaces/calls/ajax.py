"""Recognises the call by which a page's own script fetches its list: jQuery, axios, fetch, Epoint's wrappers.

Careful rather than clever: the address must be of the same site and look like that of a list, and what the script
computes is filled in only where its name says what it is (a page number, a page size, a search field left empty).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.extract.html.addresses import resolve, same_site
from crawler.extract.interfaces.calls.page_scripts import PageScripts
from crawler.extract.interfaces.field_names import folded
from crawler.extract.interfaces.literals import UNKNOWN_IN_TEXT, JsonText, Unknown
from crawler.extract.interfaces.request_numbers import OFFSET_NAMES, PAGE_NAMES, SIZE_NAMES
from monitor.pages import PageRequest

_FUNCTIONS = (
    (r"(?:\$|jQuery|[Uu]til|[Rr]equest|[Hh]ttp|this\.\$http|this\.\$axios|axios)\s*\.\s*(?:ajax|request)", "options"),
    (r"(?:\$|jQuery)\s*\.\s*post", "post"),
    (r"(?:\$|jQuery)\s*\.\s*get(?:JSON)?", "get"),
    (r"(?:axios|(?:this\.)?\$(?:http|axios))\s*\.\s*post", "axios post"),
    (r"(?:axios|(?:this\.)?\$(?:http|axios))\s*\.\s*get", "axios get"),
    (r"(?:window\.)?fetch", "fetch"),
    (r"axios", "options"),
)
_LIST = re.compile(
    r"list|page|query|search|article|news|infodata|records?|documents?|notice|content|channel|fulltext|data",
    re.IGNORECASE,
)
_NOT_LIST = re.compile(
    r"log(?:in|out)|user|visit|count(?!y)|click|hits?\b|weather|captcha|verif|token|stat(?:s|istic)?|comment|vote|survey|upload|"
    r"download|menu|nav|banner|friend|dict|config|sso|oauth|share|qrcode|attach|file|suggest|hotword|keyword|map|tree",
    re.IGNORECASE,
)
_WHICH = re.compile(r"(?i)id$|code|num$|channel|column|category|cat$|node|lanmu|dept|guid|menu")  # names the list
_EMPTY = re.compile(
    r"(?i)key|kw|word|title|time|date|sdt|edt|wd$|search|content|type|area|xiaqu|name|sort|order|status"
)
_FROM_ZERO = re.compile(r"(?i)/(?:frontappcustomaction|secaction|frontappnotneedlogin)")
_COLUMN = re.compile(r"/(\d{3,})(?=/|\.|$)")
_SIZE = 15
_MOST = 40  # calls that are looked at
_LEAST = 3  # of the score below


@dataclass(frozen=True, slots=True)
class _Call:
    url: str
    method: str
    data: object
    as_json: bool


def first_page(text: str, url: str) -> PageRequest | None:
    """The call that most looks like the one that fetches the page's list; None when none looks like it."""
    scripts = PageScripts(text, url)
    best: tuple[int, PageRequest] | None = None
    for number, call in enumerate(_calls(scripts)):
        if number >= _MOST:
            break
        weighed = _weighed(call, scripts)
        if weighed is not None and weighed[0] >= _LEAST and (best is None or weighed[0] > best[0]):
            best = weighed
    return best[1] if best else None


# -- reading the calls ------------------------------------------------------------------------------------------------


def _calls(scripts: PageScripts) -> Iterator[_Call]:
    for name, form in _FUNCTIONS:
        for arguments in scripts.calls(name):
            call = _call(form, arguments)
            if call is not None:
                yield call


def _call(form: str, arguments: list[object]) -> _Call | None:
    first = arguments[0] if arguments else None
    second = arguments[1] if len(arguments) > 1 else None
    if form in ("options", "fetch"):
        options = first if isinstance(first, dict) else second if isinstance(second, dict) else {}
        return _with_options(options.get("url") if isinstance(first, dict) else first, options, form)
    if not isinstance(first, str):
        return None
    if form == "axios get":
        return _Call(first, "GET", second.get("params") if isinstance(second, dict) else None, as_json=False)
    return _Call(first, "POST" if "post" in form else "GET", second, as_json=form == "axios post")


def _with_options(url: object, options: dict[str, object], form: str) -> _Call | None:
    if not isinstance(url, str):
        return None
    method = next(
        (str(options[name]).upper() for name in ("type", "method") if isinstance(options.get(name), str)), "GET"
    )
    data = next((options[name] for name in ("data", "params", "body") if options.get(name) is not None), None)
    headers = options.get("headers")
    said = [options.get("contentType"), *(headers.values() if isinstance(headers, dict) else ())]
    as_json = any(isinstance(one, str) and "json" in one.lower() and "/" in one for one in said)
    return _Call(url, method, data, as_json or (form == "fetch" and isinstance(data, JsonText)))


# -- judging and building them ----------------------------------------------------------------------------------------


def _weighed(call: _Call, scripts: PageScripts) -> tuple[int, PageRequest] | None:
    filler = _Filler(scripts.url, call.url)
    url = filler.address(call.url)
    data = filler.data(call.data)
    address = resolve(url, scripts.url) if url is not None else None
    if address is None or not same_site(address, scripts.url) or call.method not in ("GET", "POST"):
        return None
    tail = "/".join(urlsplit(address).path.split("/")[-2:])
    if _NOT_LIST.search(tail):
        return None
    score = 2 * (_LIST.search(tail) is not None) + 3 * filler.paged + filler.sized - filler.dropped
    return score, _request(call, address, data, scripts.url)


def _request(call: _Call, address: str, data: object, referer: str) -> PageRequest:
    headers = [("Referer", referer), ("X-Requested-With", "XMLHttpRequest")]
    pairs = urlencode(list(_pairs(data)), errors="replace") if isinstance(data, Mapping) else str(data or "")
    if call.method == "GET":
        joint = ("&" if "?" in address else "?") if pairs else ""
        return PageRequest(f"{address}{joint}{pairs}", headers=tuple(headers))
    as_json = call.as_json and isinstance(data, Mapping)
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")) if as_json else pairs
    kind = "application/json" if call.as_json else "application/x-www-form-urlencoded"
    return PageRequest(address, "POST", body, (("Content-Type", f"{kind}; charset=UTF-8"), *headers))


def _pairs(data: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    """A form as jQuery writes it: `condition[0][name]=…` for what is nested."""
    for key, value in data.items():
        name = f"{prefix}[{key}]" if prefix else key
        if isinstance(value, list):
            yield from _pairs({str(number): item for number, item in enumerate(value)}, name)
        elif isinstance(value, Mapping):
            yield from _pairs(value, name)
        else:
            yield name, "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


class _Filler:
    """Fills in what a script computes, and notes what the call says about paging."""

    def __init__(self, page: str, called: str) -> None:
        self._page, self._first = page, 0 if _FROM_ZERO.search(called) else 1
        self._query = dict(parse_qsl(urlsplit(page).query))
        self._offsets: tuple[str, ...] = OFFSET_NAMES
        self.paged = self.sized = False
        self.dropped = 0

    def address(self, url: str) -> str | None:
        """The address with its parameters filled in; None when a part of its path is not known."""
        path, mark, query = url.partition("?")
        if UNKNOWN_IN_TEXT.search(path):
            path = UNKNOWN_IN_TEXT.sub(lambda found: self._text("", found[1]), path)
            if UNKNOWN_IN_TEXT.search(path) or not self.paged:
                return None
        pairs = self._mapping(dict(parse_qsl(query, keep_blank_values=True))) if mark else {}
        return f"{path}?{urlencode(pairs, errors='replace')}" if pairs else path

    def data(self, data: object) -> object:
        """The data of a call: an object with its values filled in, or a text as it is to be sent."""
        if isinstance(data, dict):
            return self._mapping(data)
        if isinstance(data, JsonText):
            return self._json(data)
        if isinstance(data, str) and "=" in data:
            return self._mapping(dict(parse_qsl(data, keep_blank_values=True)))
        return {}

    def _mapping(self, values: Mapping[str, object]) -> dict[str, object]:
        filled: dict[str, object] = {}
        if {"pn", "rn"} <= values.keys():  # Epoint's full-text list: the first record, not the page
            self._offsets = ("pn", *OFFSET_NAMES)
        for key, value in values.items():
            known = self._value(key, value)
            self._note(key, known)
            if isinstance(known, Unknown):
                self.dropped += _LEAST * 3 if _WHICH.search(key) else 1  # without it the call brings another list
            else:
                filled[key] = known
        return filled

    def _value(self, key: str, value: object) -> object:
        if isinstance(value, Unknown):
            return self._guess(key, value.name)
        if isinstance(value, JsonText):
            return self._json(value)
        if isinstance(value, dict):
            return self._mapping(value)
        if isinstance(value, list):
            return [self._value(key, item) for item in value]
        return self._inside(key, value) if isinstance(value, str) else value

    def _inside(self, key: str, value: str) -> object:
        whole = UNKNOWN_IN_TEXT.fullmatch(value)
        if whole:
            return self._guess(key, whole[1])
        filled = UNKNOWN_IN_TEXT.sub(lambda found: self._text(key, found[1]), value)
        return Unknown(key) if UNKNOWN_IN_TEXT.search(filled) else filled

    def _text(self, key: str, name: str) -> str:
        guess = self._guess(key, name)
        self._note(name, guess)
        return str(guess)

    def _guess(self, key: str, name: str) -> object:
        """A value by the name of the field, or of the variable that fills it."""
        said = folded(key)
        if said in ("categorynum", "columncode") and (found := _COLUMN.findall(urlsplit(self._page).path)):
            return found[-1]
        if (number := self._number(said)) is None and not _WHICH.search(key):
            number = self._number(folded(name.rpartition(".")[2]))
        if number is not None:
            return number
        if key in self._query:
            return self._query[key]
        return "" if _EMPTY.search(key) else Unknown(name)

    def _number(self, said: str) -> int | None:
        """The first page, the size of one, or the first record, where a name says that it is one of them."""
        if said in self._offsets:
            return 0
        if said in PAGE_NAMES:
            return self._first
        return _SIZE if said in SIZE_NAMES else None

    def _note(self, key: str, value: object) -> None:
        number = isinstance(value, int) or (isinstance(value, str) and value.isdigit())
        self.paged = self.paged or (number and folded(key) in (*PAGE_NAMES, *self._offsets))
        self.sized = self.sized or (number and folded(key) in SIZE_NAMES)

    def _json(self, written: JsonText) -> object:
        inner = json.loads(written)
        if not isinstance(inner, dict):
            return Unknown()
        return JsonText(json.dumps(self._mapping(inner), ensure_ascii=False, separators=(",", ":")))

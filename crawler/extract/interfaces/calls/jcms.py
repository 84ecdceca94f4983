"""Knows how JCMS (大汉版通) asks for the pages of a column: its dataproxy, and the later one that answers JSONP.

The pager (`jpage`) is given its options in a script of the page: totalRecord, perPage, groupSize, proxyUrl and the
parameters of the column. It fetches groups of `groupSize` pages by the numbers of their records.
"""

import re
from urllib.parse import parse_qsl, quote_plus, urlencode

from crawler.extract.html.addresses import resolve, same_site, shown_on
from crawler.extract.interfaces.calls.page_scripts import PageScripts
from crawler.extract.interfaces.expressions import read_value
from crawler.extract.interfaces.literals import Unknown
from monitor.pages import PageRequest, RawPage

_PROXY = "/module/web/jpage/dataproxy.jsp"
_PER_PAGE, _GROUP = 15, 3  # jpage's own defaults
_OPTIONS = r"\.jpage"
_COLUMN = re.compile(r"\{[^{}]{0,400}?columnid[^{}]{0,600}\}", re.IGNORECASE)
_NUMBERED = re.compile(r"dataproxy\.jsp\?[^\"'<>\s]{10,2000}")
_TRUE_CMS = re.compile(r"[\"']([^\"'<>\s]{0,200}messageController/getMessage\.do)[\"']")
_OF_PAGES = frozenset({"page", "startrecord", "endrecord", "perpage"})
_MOST = 1000  # records in a group


def first_page(text: str, url: str) -> PageRequest | None:
    """The call that brings the first records of a column page that holds none; None when there is no such call."""
    if "jpage" in text or "dataproxy.jsp" in text:
        scripts = PageScripts(text, url)
        return _asked_by(_pagers(scripts), _column_named(scripts) or _column_of_address(text), url, 1, 0)
    return _true_cms(text, url) if "messageController/getMessage.do" in text else None


def page_after(text: str, url: str, have: int, group: PageRequest | None = None) -> PageRequest | None:
    """The call for what follows the `have` records that a column page holds in a script; None when that is all.

    Where the pager is given no parameters it follows the next `group` that the set names, and so is it done here.
    """
    scripts = PageScripts(text, url)
    pagers = _pagers(scripts)
    totals = [total for options in pagers if (total := _number(options.get("totalrecord"))) is not None]
    if not have or (totals and max(totals) <= have):
        return None
    return _asked_by(pagers, _column_named(scripts), url, have + 1, have) or group


def next_group(href: str, raw: RawPage) -> PageRequest | None:
    """The request that a set's `<nextgroup>` names. It is relative to the proxy, wherever the set stands."""
    proxy = resolve(_PROXY, raw.url) if "dataproxy" not in raw.url else raw.url
    address = resolve(href, proxy or raw.url) if href else None
    if address is None or not same_site(address, raw.url) or address == raw.request.url:
        return None
    return PageRequest(_encoded(address), headers=(("Referer", shown_on(raw.request, raw.url)),))


def _pagers(scripts: PageScripts) -> list[dict[str, object]]:
    """The options of every pager on the page; their names differ in case from version to version."""
    options = [one for arguments in scripts.calls(_OPTIONS) for one in arguments[:1] if isinstance(one, dict)]
    return [{name.lower(): value for name, value in one.items()} for one in options]


def _asked_by(
    pagers: list[dict[str, object]], form: dict[str, str], url: str, start: int, group: int
) -> PageRequest | None:
    for options in pagers:
        if own := _column(options.get("ajaxparam")):
            return _asked(options, own, url, start, group)
    return _asked(pagers[0] if pagers else {}, form, url, start, group) if form else None


def _asked(options: dict[str, object], form: dict[str, str], url: str, start: int, group: int) -> PageRequest | None:
    total, per_page = _number(options.get("totalrecord")), _number(options.get("perpage")) or _PER_PAGE
    if total is not None and start > total:
        return None
    size = min(group or per_page * (_number(options.get("groupsize")) or _GROUP), _MOST)
    proxy = options.get("proxyurl")
    address = resolve(proxy if isinstance(proxy, str) else _PROXY, url)
    if address is None or not same_site(address, url):
        return None
    joint = "&" if "?" in address else "?"
    address += f"{joint}startrecord={start}&endrecord={start + size - 1}&perpage={per_page}"
    headers = (
        ("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"),
        ("Referer", url),
        ("X-Requested-With", "XMLHttpRequest"),
    )
    return PageRequest(address, "POST", urlencode(form, errors="replace"), headers)


def _column(value: object) -> dict[str, str]:
    """The parameters that name a column; empty when they do not."""
    if not isinstance(value, dict) or not {"columnid", "unitid"} & {name.lower() for name in value}:
        return {}
    known = {name: item for name, item in value.items() if not isinstance(item, Unknown | dict | list)}
    return {name: "" if item is None else str(item) for name, item in known.items() if "\ue000" not in str(item)}


def _column_named(scripts: PageScripts) -> dict[str, str]:
    """The first object in the scripts that names a column."""
    found = _COLUMN.search(scripts.source)
    return _column(read_value(scripts.source, found.start(), scripts.value)) if found else {}


def _column_of_address(text: str) -> dict[str, str]:
    """The parameters in the address of a page or of the next group."""
    found = _NUMBERED.search(text)
    query = found[0].partition("?")[2].replace("&amp;", "&") if found else ""
    pairs = parse_qsl(query, keep_blank_values=True)
    return _column({name: value for name, value in pairs if name not in _OF_PAGES})


def _true_cms(text: str, url: str) -> PageRequest | None:
    """TrueCMS: the same records by number, as XML in JSONP."""
    found, scripts = _TRUE_CMS.search(text), PageScripts(text, url)
    column = scripts.value("columnId")
    address = resolve(found[1], url) if found else None
    if address is None or not same_site(address, url) or not isinstance(column, str | int):
        return None
    per_page = _number(scripts.value("perPage")) or _PER_PAGE
    named = quote_plus(str(column), errors="replace")
    query = f"startrecord=1&endrecord={per_page}&perpage={per_page}&columnId={named}&callback=records"
    return PageRequest(f"{address}?{query}", headers=(("Referer", url),))


def _number(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:  # noqa: PLR2004
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None


def _encoded(address: str) -> str:
    """Chinese in a query (`webname=江苏省人民政府`) percent-encoded; what is encoded already stays."""
    return "".join(char if char.isascii() else quote_plus(char, errors="replace") for char in address)

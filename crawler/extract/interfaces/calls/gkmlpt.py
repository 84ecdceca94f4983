"""Knows how Guangdong's 政府信息公开平台 (gkmlpt) asks for a column: the page is a shell, its lists are JSON.

`/gkmlpt/index#5` shows column 5 of the site whose number stands in the page (`SID: '2'`); 0 is all columns.
"""

import re
from urllib.parse import urlsplit

from monitor.pages import PageRequest

_PATH = re.compile(r"(?P<prefix>(?:/[^/?#]{1,80}){0,4}?)/gkmlpt(?:/|$)")
_SID = re.compile(r"[\"']?\bSID[\"']?\s*[:=]\s*[\"']?(\d{1,12})")
_COLUMN = re.compile(r"/?(\d{1,9})(?![\w-])")


def first_page(text: str, url: str) -> PageRequest | None:
    """The interface behind the address of a gkmlpt page, whose column stands in its fragment; None for other pages."""
    parts = urlsplit(url)
    path, sid = _PATH.match(parts.path), _SID.search(text)
    if path is None or sid is None or "/gkmlpt/api/" in parts.path or "/gkmlpt/content/" in parts.path:
        return None
    column = _COLUMN.match(parts.fragment)
    api = f"{parts.scheme}://{parts.netloc}{path['prefix']}/gkmlpt/api/all/{column[1] if column else 0}"
    return PageRequest(f"{api}?page=1&sid={sid[1]}", headers=(("Referer", url.partition("#")[0]),))

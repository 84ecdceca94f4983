"""Recognises a listing page whose list is behind a call that its script makes, and says how to make it; it makes none.

Each module knows one system: JCMS, jpaas, gkmlpt; `ajax` reads the page's own script, as of Epoint and home-made sites.
"""

import re

from crawler.extract.html.addresses import same_site
from crawler.extract.interfaces.calls import ajax, gkmlpt, jcms, jpaas
from monitor.pages import PageRequest

__all__ = ["find_call", "next_call"]

_UNSENDABLE = re.compile("[\ud800-\udfff]")  # lone surrogates fit in no request
_MOST = 5_000_000  # characters of a page that are looked at


def find_call(text: str, url: str) -> PageRequest | None:
    """How a page's list is asked for when the page itself holds none; None when no known call is in it.

    `url` is the page's address with its fragment (gkmlpt names its column there). Only addresses of the same site
    are answered.
    """
    if not same_site(url, url):
        return None
    page = _UNSENDABLE.sub("", text[:_MOST])
    for first_page in (gkmlpt.first_page, jcms.first_page, jpaas.first_page, ajax.first_page):
        call = first_page(page, url)
        if call is not None and same_site(call.url, url):
            return call
    return None


def next_call(text: str, url: str, have: int) -> PageRequest | None:
    """How page two is asked for when a page holds its first `have` records itself, but the others are behind a call."""
    if not same_site(url, url):
        return None
    page = _UNSENDABLE.sub("", text[:_MOST])
    for page_after in (jcms.page_after, jpaas.page_after):
        call = page_after(page, url, have)
        if call is not None and same_site(call.url, url):
            return call
    return None

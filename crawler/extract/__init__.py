"""Finds posts in pages. Pure: text, address and today's date in, dataclasses out; no network, no database, no clock.

Which extractor reads a page is decided by its content, never by its file name.
"""

from datetime import date

from crawler.extract.article import extract_article
from crawler.extract.dump import is_dump, read_dump
from crawler.extract.listing import read_list
from monitor.pages import ListingPage

__all__ = ["extract_article", "extract_listing"]


def extract_listing(text: str, url: str, today: date) -> ListingPage:
    """The entries of one listing page, in page order, with the address of the next page where there is one.

    `today` (in the zone of the source) completes dates without a year. Never raises for what a page contains.
    """
    if is_dump(text):
        return read_dump(text, url)
    return read_list(text, url, today)

"""Says in English how a source is, for terminals and logs; in Chinese digests.reasons says it, by the same means."""

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo

from monitor.health.conditions import Health, State, Symptom, Trouble

# By symptom: what is said of each form that the detail may have; the first that fits the whole of it counts.
Phrases = Mapping[Symptom, tuple[tuple[str, str], ...]]

ROBOTS_TXT = ", robots.txt"  # at the end of a detail: it happened when robots.txt was asked for
_ANY = r"(.+)"
_OF = r"(\d+)/(\d+)"
_PAGE = r"(?:page )?(\d+)"

_ENGLISH: Phrases = {
    Symptom.DIED: (("", "the crawl died"),),
    Symptom.OVERRAN: ((_ANY, "the crawl took longer than {}"), ("", "the crawl did not end in time")),
    Symptom.STOPPED: (("", "the crawl was told to end"),),
    Symptom.DATABASE: ((_ANY, "the database failed: {}"), ("", "the database failed")),
    Symptom.NOT_STARTED: ((_ANY, "the crawl did not start: {}"), ("", "the crawl did not start")),
    Symptom.DEFECT: ((_ANY, "a mistake of the program ({})"), ("", "a mistake of the program")),
    Symptom.SILENT: ((r"(\d+) d", "not crawled for {} days"), ("", "not crawled for several turns")),
    Symptom.NEVER_CRAWLED: (("", "never crawled"),),
    Symptom.DNS: (("", "the host name does not resolve"),),
    Symptom.TLS: ((_ANY, "the secure connection failed ({})"), ("", "the secure connection failed")),
    Symptom.TIMEOUT: (("", "no answer in time"),),
    Symptom.REFUSED: (("", "the connection was refused"),),
    Symptom.CONNECTION: (
        ("proxy", "the proxy does not open the way"),
        ("no HTTP", "the answer is not HTTP"),
        (_ANY, "the connection failed ({})"),
        ("", "the connection broke off"),
    ),
    Symptom.SERVER_ERROR: ((_ANY, "the site answers {}"), ("", "the site answers with an error of its own")),
    Symptom.BUSY: (
        (r"(HTTP \d+)", "the site asks to be left alone ({})"),
        (r"(\d+ s)", "the site asks to wait {}"),
        ("", "the site asks to be left alone"),
    ),
    Symptom.CHALLENGE: ((_ANY, "a challenge page ({})"), ("", "a challenge page")),
    Symptom.LOGIN: ((_ANY, "a page to log in on ({})"), ("", "a page to log in on")),
    Symptom.FORBIDDEN: ((_ANY, "the site does not let us in ({})"), ("", "the site does not let us in")),
    Symptom.ROBOTS: (("", "robots.txt forbids the page"),),
    Symptom.NOT_FOUND: ((_ANY, "the listing is not there ({})"), ("", "the listing is not there")),
    Symptom.CLIENT_ERROR: ((_ANY, "the site answers {}"), ("", "the site does not take our request")),
    Symptom.EMPTY: ((_ANY, "an empty page ({})"), ("", "an empty page")),
    Symptom.BINARY: ((_ANY, "no page but a file ({})"), ("", "no page but a file")),
    Symptom.NO_ENTRIES: ((_PAGE, "no entries found on page {}"), ("", "no entries found")),
    Symptom.UNUSABLE: ((_PAGE, "no usable entries on page {}"), ("", "no usable entries")),
    Symptom.CUT_SHORT: ((_PAGE, "page {} of the listing is cut short"), ("", "the listing is cut short")),
    Symptom.GAP: ((_PAGE, "the listing cannot end with page {}"), ("", "the listing cannot end where it did")),
    Symptom.TOO_LARGE: (
        ("headers", "the answer's headers are too large"),
        (_ANY, "the page is larger than {}"),
        ("", "the page is too large"),
    ),
    Symptom.REDIRECTS: ((_ANY, "it redirects to what cannot be fetched ({})"), ("", "it redirects in circles")),
    Symptom.ADDRESS: ((_ANY, "an address that may not be fetched: {}"), ("", "an address that may not be fetched")),
    Symptom.LIMIT: (
        (r"max_pages (\d+)", "max_pages ({}) was reached, and older posts may be missing"),
        (r"(\d+)", "max_requests ({}) was reached"),
        ("", "max_requests was reached"),
    ),
    Symptom.FEWER_RECORDS: ((_OF, "{} records, where {} are usual"), ("", "fewer records than usual")),
    Symptom.FIELDS_MISSING: (
        (rf"date {_OF}", "{} of {} records have lost their date"),
        (rf"link {_OF}", "{} of {} records lead nowhere"),
        ("", "fields are missing"),
    ),
    Symptom.LAYOUT: (("", "the records stand elsewhere on the page than before"),),
    Symptom.STALE: (
        (r"(\S+)<(\S+)", "its newest date went back to {} (before: {})"),
        (r"(\d{4}-\d\d-\d\d)", "nothing new since {}"),
        ("", "nothing new for long"),
    ),
    Symptom.GARBLED: ((_OF, "{} of {} titles are garbled"), ("", "titles are garbled")),
    Symptom.VANISHED: ((_OF, "{} of {} posts vanished in one day"), ("", "many posts vanished in one day")),
    Symptom.OTHER: ((_ANY, "{}"), ("", "the crawl failed")),
}


def say(trouble: Trouble, phrases: Phrases, robots: str) -> str:
    """The words for a trouble; a detail that nothing is said of is left out. `robots` is put behind what it befell."""
    detail = trouble.detail.removesuffix(ROBOTS_TXT)
    behind = robots if detail != trouble.detail else ""
    for pattern, phrase in phrases[trouble.symptom]:
        if (found := re.fullmatch(pattern, detail)) is not None:
            return phrase.format(*found.groups()) + behind
    return phrases[trouble.symptom][-1][1] + behind


def trouble_in_english(trouble: Trouble) -> str:
    """A trouble by itself: `the site answers HTTP 503`."""
    return say(trouble, _ENGLISH, " when asked for robots.txt")


def in_english(health: Health, zone: tzinfo) -> str:
    """Why a source is as it is, since when and for how long; empty when there is nothing to say.

    `3 crawls in a row failed since 2025-07-18 14:00: the site answers HTTP 503`
    """
    if health.trouble is None:
        return ""
    told = trouble_in_english(health.trouble)
    if health.state is State.QUIET or health.trouble.symptom in (Symptom.SILENT, Symptom.NEVER_CRAWLED):
        return told
    if health.since is None or not health.crawls:
        return told
    since = _local(health.since, zone)
    if health.state is State.SUSPICIOUS:
        return f"{told} (since {since})"
    if health.crawls == 1:
        return f"the crawl of {since} failed: {told}"
    return f"{health.crawls} crawls in a row failed since {since}: {told}"


def _local(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"

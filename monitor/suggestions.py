"""What a source table for a probed listing would say: a name, a title, the keys that it needs; pure."""

import re
from collections.abc import Collection
from pathlib import PurePath
from urllib.parse import urlsplit

from monitor.probes import ProbedListing
from monitor.text import clean

_LONGEST_NAME = 40
_NOT_NAME = re.compile(r"[^\w.-]+")
# What the registries hand out below .cn and elsewhere, and the host names that say nothing: neither names a site.
_SUFFIXES = {"cn", "com", "net", "org", "gov", "edu", "ac", "mil", "top", "info", "biz", "hk", "mo", "tw", "中国"}
_PLAIN_HOSTS = {"www", "www2", "m", "wap", "web"}


def suggest_name(url: str, taken: Collection[str]) -> str:
    """A short name from an address or a path, unlike those that are taken: `zhanjiang`, `zs-zhanjiang`, `saved-2`."""
    parts = urlsplit(url)
    name = _host_name(parts.hostname or "") if parts.scheme in ("http", "https") else PurePath(url).stem
    name = _NOT_NAME.sub("-", name).strip("-._")[:_LONGEST_NAME].rstrip("-._") or "source"
    number, chosen = 1, name
    while chosen in taken:
        number += 1
        chosen = f"{name}-{number}"
    return chosen


def suggest_table(
    listing: ProbedListing, name: str, url: str, *, render: bool = False, verify_tls: bool = True, proxy: str = ""
) -> dict[str, str | int | bool]:
    """The keys and values of a table for a listing that was probed at `url`; what is as by default is left out."""
    values: dict[str, str | int | bool] = {"name": name}
    if title := clean(listing.page_title):
        values["title"] = title
    values |= {"url": url, "label": listing.label}
    if render:
        values["render"] = True
    if listing.private:
        values["allow_private"] = True
    if not verify_tls:
        values["verify_tls"] = False
    if proxy:
        values["proxy"] = proxy
    return values


def _host_name(host: str) -> str:
    labels = host.rstrip(".").lower().split(".")
    if all(label.isdigit() for label in labels):
        return host
    while len(labels) > 1 and labels[0] in _PLAIN_HOSTS:
        labels.pop(0)
    while len(labels) > 1 and labels[-1] in _SUFFIXES:
        labels.pop()
    return "-".join(labels)

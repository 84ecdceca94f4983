"""Identity: what makes two sightings the same post; content plays no part in it."""

import posixpath
import re
from datetime import date
from string import ascii_letters, digits
from urllib.parse import quote, urlsplit

from monitor.text import title_key

# Parameters that say where a reader came from, never which page they read.
_TRACKING = re.compile(
    r"(?i)^(utm_\w+|spm|scm|fbclid|gclid|msclkid|mc_[ce]id|yclid|_ga|share_?(token|from|source|type)?|"
    r"from_?source|is_?from|weixin_\w+|wx_\w+|chksm|tdsourcetag|bd_vid|hmsr|hmpl|hmcu|hmkw|hmci|jsessionid|phpsessid)$"
)
_SESSION = re.compile(r"(?i);jsessionid=[^/?#]*")
_DEFAULT_PORTS = {80, 443}
_SAFE = "/:@!$&'()*+,;=~-._%?"
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(ascii_letters + digits + "-._~")


def canonical_url(url: str) -> str:
    """The URL without what does not tell pages apart: scheme, default port, tracking parameters, plain fragments.

    A fragment is kept when it looks like a route: it starts with `/` or `!`, or holds `=`.
    The answer starts with `//` and is a key, not an address to fetch. Raises ValueError for what is no URL.
    """
    parts = urlsplit(_SESSION.sub("", url.strip()))
    host = (parts.hostname or "").rstrip(".").lower()
    port = f":{parts.port}" if parts.port and parts.port not in _DEFAULT_PORTS else ""
    path = _normal_escapes(parts.path)
    if path:
        trailing = "/" if path.endswith(("/", "/.", "/..")) else ""
        path = posixpath.normpath(path).replace("//", "/").rstrip("/") + trailing
    pairs = [
        pair
        for pair in _normal_escapes(parts.query.replace("+", "%20")).split("&")
        if pair and not _TRACKING.match(_key(pair))
    ]
    query = f"?{'&'.join(sorted(pairs))}" if pairs else ""
    route = parts.fragment if parts.fragment.startswith(("/", "!")) or "=" in parts.fragment else ""
    return f"//{host}{port}{path or '/'}{query}" + (f"#{_normal_escapes(route)}" if route else "")


def _normal_escapes(part: str) -> str:
    """Percent-encoding as RFC 3986 section 6.2.2 normalises it: byte by byte, since many sites encode GBK."""
    ascii_only = quote(part, safe=_SAFE)
    return _ESCAPE.sub(
        lambda found: char if (char := chr(int(found[1], 16))) in _UNRESERVED else found[0].upper(), ascii_only
    )


def _key(pair: str) -> str:
    return pair.partition("=")[0]


def url_identity(url: str) -> str:
    """The identity of an entry that has its URL to itself."""
    return f"url {canonical_url(url)}"


def shared_line_identity(bare: str, title: str, published_on: date | None) -> str:
    """The identity of an entry whose URL, with the identity `bare`, stands behind several entries of one page."""
    return f"{bare} {_title_and_date(title, published_on)}"


def listing_identity(source_id: int, title: str, published_on: date | None) -> str:
    """The identity of an entry without a URL: source (by id, so that a rename keeps it), title with label, date."""
    return f"source {source_id} {_title_and_date(title, published_on)}"


def _title_and_date(title: str, published_on: date | None) -> str:
    return f"{published_on.isoformat() if published_on else '-'} {title_key(title)}"

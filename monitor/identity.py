"""Identity: what makes two sightings the same post; content plays no part in it."""

import posixpath
import re
from datetime import date
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from monitor.text import title_key

# Parameters that say where a reader came from, never which page they read.
_TRACKING = re.compile(
    r"(?i)^(utm_\w+|spm|scm|fbclid|gclid|msclkid|mc_[ce]id|yclid|_ga|share_?(token|from|source|type)?|"
    r"from_?source|is_?from|weixin_\w+|wx_\w+|chksm|tdsourcetag|bd_vid|hmsr|hmpl|hmcu|hmkw|hmci|jsessionid|phpsessid)$"
)
_SESSION = re.compile(r"(?i);jsessionid=[^/?#]*")
_DEFAULT_PORTS = {80, 443}
_SAFE = "/:@!$&'()*+,;=~-._"


def canonical_url(url: str) -> str:
    """The URL without what does not tell pages apart: scheme, default port, tracking parameters, plain fragments.

    A fragment is kept when it looks like a route: it starts with `/` or `!`, or holds `=`.
    The answer starts with `//` and is a key, not an address to fetch. Raises ValueError for what is no URL.
    """
    parts = urlsplit(_SESSION.sub("", url.strip()))
    host = (parts.hostname or "").rstrip(".").lower()
    port = f":{parts.port}" if parts.port and parts.port not in _DEFAULT_PORTS else ""
    path = quote(unquote(parts.path), safe=_SAFE)
    if path:
        trailing = "/" if path.endswith(("/", "/.", "/..")) else ""
        path = posixpath.normpath(path).replace("//", "/").rstrip("/") + trailing
    query = urlencode(
        sorted((k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(k))
    )
    route = parts.fragment if parts.fragment.startswith(("/", "!")) or "=" in parts.fragment else ""
    return f"//{host}{port}{path or '/'}" + (f"?{query}" if query else "") + (f"#{route}" if route else "")


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

"""Takes secrets out of what other programs and services say, before it is told; where they stand, it does not know."""

import re
from urllib.parse import unquote, urlsplit

_SHORTEST = 6  # characters; taking out less would only garble the words
_LONGEST = 300
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")


def redacted(said: str, url: str = "", *secrets: str | None) -> str:
    """One line of at most 300 characters, without the secrets, and without what may be the key of an address."""
    hidden = {secret for secret in secrets if secret}
    if url:
        parts = urlsplit(url)
        hidden |= {url, parts.netloc.rpartition("@")[0], parts.path, parts.query}
        hidden |= {piece for piece in re.split(r"[/?&=]", f"{parts.path}?{parts.query}") if len(piece) >= _SHORTEST}
    hidden |= {unquote(one) for one in hidden}
    for one in sorted((one for one in hidden if len(one) >= _SHORTEST), key=len, reverse=True):
        said = said.replace(one, "***")
    return " ".join(_UNSEEN.sub(" ", said).split())[:_LONGEST]

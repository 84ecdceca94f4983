"""Takes secrets out of what other programs and services say, before it is told; where they stand, it does not know."""

import base64
import re
from collections.abc import Collection
from urllib.parse import quote, unquote, urlsplit

_SHORTEST = 6  # characters; taking out less would only garble the words
_LONGEST = 300
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")


def redacted(said: str, url: str = "", *secrets: str | None) -> str:
    """One line of at most 300 characters, without the secrets, and without what may be the key of an address."""
    return " ".join(_UNSEEN.sub(" ", without_secrets(said, url, *secrets)).split())[:_LONGEST]


def without_secrets(said: str, url: str = "", *secrets: str | None) -> str:
    """The words with `***` in place of the secrets, and of what may be the key of an address, however they are spelled.

    Where the words were cut in the middle of one, what is left of it goes as well.
    """
    hidden = {secret for secret in secrets if secret}
    if url:
        parts = urlsplit(url)
        hidden |= {url, parts.netloc.rpartition("@")[0], parts.path, parts.query}
        hidden |= {piece for piece in re.split(r"[/?&=]", f"{parts.path}?{parts.query}") if len(piece) >= _SHORTEST}
    spelled = {one for secret in hidden for one in _spellings(secret) if len(one) >= _SHORTEST}
    for one in sorted(spelled, key=len, reverse=True):
        said = said.replace(one, "***")
    return _without_stump(said, spelled)


def _spellings(secret: str) -> Collection[str]:
    """As it is, as it stands in an address, and as log-ins send it."""
    plain = unquote(secret)
    found = {secret, plain, quote(plain), quote(plain, safe="")}
    return found | {base64.b64encode(one.encode("utf-8", "replace")).decode().rstrip("=") for one in (secret, plain)}


def _without_stump(said: str, spelled: Collection[str]) -> str:
    end = said.rstrip()
    longest = max((_overlap(end, one) for one in spelled), default=0)
    return f"{end[:-longest]}***" if longest else said


def _overlap(end: str, secret: str) -> int:
    """How many characters of the beginning of `secret` stand at the end; fewer than four are anybody's."""
    return next((size for size in range(min(len(end), len(secret) - 1), 3, -1) if end.endswith(secret[:size])), 0)

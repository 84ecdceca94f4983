"""Writes headers of mails as they are to arrive: folded, encoded and quoted here, since signatures cover each byte.

The header folding of Python 3.11 and 3.12 loses spaces between encoded words, and encodes the commas of long lists.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from email.header import Header
from email.utils import formataddr, getaddresses, parseaddr
from urllib.parse import quote

_LINE = 78  # characters (RFC 5322, 2.1.1)
_PLAIN_NAME = 60  # characters of a name that stands as it is


def addresses_in(text: str) -> tuple[str, ...]:
    """The bare addresses of a recipient, or of several with commas between them, each once."""
    return tuple(dict.fromkeys(address for _, address in getaddresses([text]) if address))


def message_id(database_id: str, audience: str, period_key: str, recipient: str, sender: str, again: str = "") -> str:
    """The Message-ID of a digest for a recipient: always the same one, so that a repeat is recognised as such.

    An alert's has `operator` for its audience, and in place of a period what tells it from all others. `again` tells a
    resend on purpose from the original.
    """
    named = "\n".join((database_id, audience, period_key, ",".join(sorted(addresses_in(recipient))), again))
    return f"<{hashlib.sha256(named.encode()).hexdigest()[:32]}@{_domain(sender)}>"


def subject_header(text: str) -> str:
    """The value of a Subject."""
    return Header(text, "utf-8", 74, "Subject").encode()


def address_header(name: str, text: str) -> str:
    """The value of the header `name` with all addresses of `text`, their names encoded."""
    people = [person for person in getaddresses([text]) if person[1]]
    words: list[str] = []
    for number, person in enumerate(people, start=1):
        words += _address_words(*person)
        words[-1] += "," if number < len(people) else ""
    return _folded(name, words)


def list_id(audience: str, sender: str) -> str:
    """The value of a List-Id (RFC 2919)."""
    return f"<{_slug(audience)}.zhaoshang.{_domain(sender)}>"


def unsubscribe_header(mailbox: str, audience: str) -> str:
    """The value of a List-Unsubscribe (RFC 2369): a mail that says which audience its sender leaves."""
    address = quote(parseaddr(mailbox)[1], safe="@+")
    return _folded("List-Unsubscribe", [f"<mailto:{address}?subject=unsubscribe%20{quote(audience, safe='')}>"])


def _address_words(name: str, address: str) -> Iterator[str]:
    if name.isascii() and name.isprintable() and len(name) <= _PLAIN_NAME:
        yield formataddr((name, address))
        return
    yield from Header(name, "utf-8", 74, "").encode().split()
    yield f"<{address}>"


def _folded(name: str, words: Iterable[str]) -> str:
    """The words in lines of 78 characters, as far as a word is no longer than that itself."""
    lines = [""]
    room = _LINE - len(name) - len(": ")
    for word in words:
        if len(lines[-1]) + len(word) + bool(lines[-1]) > room and len(word) < _LINE:
            lines.append("")
            room = _LINE - 1
        lines[-1] += (" " if lines[-1] else "") + word
    return "\r\n ".join(lines)


def _domain(address: str) -> str:
    return parseaddr(address)[1].rpartition("@")[2] or "localhost"


def _slug(name: str) -> str:
    """An ASCII label; names in Chinese get a stable hash."""
    return name.lower() if re.fullmatch(r"[A-Za-z0-9-]+", name) else hashlib.sha256(name.encode()).hexdigest()[:12]

"""Cuts what a chat tells into messages that a platform takes: by bytes, between entries, never inside a link."""

import json
from collections.abc import Iterable, Iterator

from digests.chat.entries import Entry
from digests.chat.markup import Markup


def parts_of(entries: Iterable[Entry], markup: Markup, room: int) -> tuple[str, ...]:
    """The texts of the messages, each at most `room` bytes as `size` counts them.

    A section's name stays with its first entry. An entry that is longer than a whole message loses its text, then the
    end of its title, and at last a link that is no use at such a length.
    """
    parts: list[str] = []
    for entry in entries:
        written = _fitting(entry, markup, room)
        if not written:
            continue
        longer = parts[-1] + markup.gap + written if parts else written
        if parts and size(longer) <= room:
            parts[-1] = longer
        else:
            parts.append(written)
    return tuple(parts)


def size(text: str) -> int:
    """The bytes that a text takes inside a JSON body, so at least its bytes as UTF-8."""
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2


def write(entry: Entry, markup: Markup) -> str:
    """An entry in a platform's markup."""
    return markup.line.join(_lines(entry, markup))


def _lines(entry: Entry, markup: Markup) -> Iterator[str]:
    if entry.section:
        yield markup.bold(f"【{markup.escape(entry.section)}】")
    if entry.title:
        title = markup.escape(entry.lead) + markup.link(entry.title, entry.url)
        yield (
            "· "
            + (markup.bold(title) if entry.bold else title)
            + (f" {markup.escape(entry.after)}" if entry.after else "")
        )
    if entry.text:
        yield markup.escape(entry.text)


def _fitting(entry: Entry, markup: Markup, room: int) -> str:
    """As much of the entry as a message has room for."""
    for shorter in entry.shorter():
        written = write(shorter, markup)
        if size(written) <= room:
            return written
    raise AssertionError(f"a message has room for {room} bytes, and not for one short line")

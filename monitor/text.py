"""Text as a reader sees it: cleaning, folding, labels, the lead of a body; no meaning is judged here."""

import re
import unicodedata
from dataclasses import dataclass

from monitor.models import Label

# Zero-width, bidirectional and variation marks, fillers that look like nothing, tag characters and lone surrogates:
# invisible, and used to smuggle, to break matches, or to pass for a title. The last cannot even be stored.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u2800\u3164"
    "\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e007f]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SPACE = re.compile(r"\s+")
_UNCLEAN = re.compile(f"{_INVISIBLE.pattern}|{_CONTROL.pattern}|[^\\S ]|  ")
_OPENING = re.compile(r"[\[〖［︻]")
_CLOSING = re.compile(r"[\]〗］︼]")
_BRACKETED_HEAD = re.compile(r"【([^【】]*)】")
_ANYTHING = re.compile(r"[…⋯]+|\.{3,}")
_LOGIN = re.compile(r"(?<=://)[^/?#\s，。；]*@")  # of an address: user:password@
_SENTENCE_END = "。！？!?;；"
_CLAUSE_END = ",，、:：;；"


def clean(text: str) -> str:
    """One line as a reader sees it: no invisible or control characters, runs of white space as one space."""
    if _UNCLEAN.search(text) is None:  # most text of most pages, and this is asked for every piece of them
        return text.strip()
    return _SPACE.sub(" ", _CONTROL.sub(" ", _INVISIBLE.sub("", text))).strip()


def without_logins(text: str) -> str:
    """The text with the user names and passwords taken out of the addresses in it."""
    return _LOGIN.sub("", text)


def clean_body(text: str) -> str:
    """A body as paragraphs: every line cleaned, empty lines dropped, paragraphs joined by one newline."""
    return "\n".join(line for line in (clean(raw) for raw in text.splitlines()) if line)


def fold_brackets(text: str) -> str:
    """All bracket variants of a label as `【】`."""
    return _CLOSING.sub("】", _OPENING.sub("【", text))


def title_key(title: str) -> str:
    """The normalised title: what must be equal for two titles to be the same.

    Compatibility forms (full-width letters, punctuation), bracket variants, letter case and all white space are
    folded away, so `［湛江 招商］ＡＢＣ` and `【湛江招商】abc` are one.
    """
    return _folded(title).casefold()


def _folded(title: str) -> str:
    return _SPACE.sub("", fold_brackets(unicodedata.normalize("NFKC", clean(title))))


@dataclass(frozen=True, slots=True)
class LabelPattern:
    """A source's label pattern as its user wrote it, `【…招商】`, with `…` as "anything"."""

    written: str
    regex: re.Pattern[str]

    @classmethod
    def parse(cls, written: str) -> "LabelPattern":
        """Read a pattern. `…` (also `⋯`, `...`) means anything; the bracket variants and inner spaces do not matter.

        Raises ValueError when nothing is left of it.
        """
        parts = [_folded(part) for part in _ANYTHING.split(written)]
        if len(parts) == 1 and not parts[0]:
            raise ValueError("a label pattern cannot be empty; write … to admit every title")
        # Inside a label anything ends at its bracket; a pattern without brackets is about the whole title.
        anything = "([^【】]*?)" if "【" in "".join(parts) else "(.*?)"
        return cls(written, re.compile(anything.join(re.escape(part) for part in parts), re.IGNORECASE))

    def match(self, title: str) -> Label | None:
        """The label of `title`, or None when this pattern does not admit it (the entry is then off-label)."""
        found = self.regex.match(_folded(title))
        if found is None:
            return None
        head = label_text(title)
        if head is None:
            return Label("", None)
        places = [group for group in found.groups() if group] if "【" in self.regex.pattern else []
        return Label(head, places[0] if places else None)


def label_text(title: str) -> str | None:
    """The text inside the brackets at the head of a title, spaces folded away; None when there is no such head."""
    found = _BRACKETED_HEAD.match(_folded(title))
    return found.group(1) if found else None


def without_label(title: str) -> str:
    """The title after its bracketed head; the whole title when there is none or nothing follows it."""
    cleaned = clean(title)
    found = _BRACKETED_HEAD.match(fold_brackets(cleaned))
    rest = cleaned[found.end() :].strip() if found else cleaned
    return rest or cleaned


def is_cut(title: str) -> bool:
    """Whether a listing shows only the head of a title."""
    return clean(title).endswith(("…", "...", "．．．"))


def continues(cut: str, whole: str) -> bool:
    """Whether `cut` is a title that a listing cut short, and `whole` begins as it does."""
    return is_cut(cut) and title_key(whole).startswith(title_key(cut).rstrip("."))


def whole_title(listed: str, page: str | None) -> str:
    """The listing's title, or the post page's where the listing cut it and the page continues it.

    A page prints its title often without the label: it keeps the listing's.
    """
    label = label_text(listed)
    if page and label and not label_text(page):
        page = f"【{label}】{page}"
    return page if page and continues(listed, page) else listed


def lead(body: str) -> str:
    """The lead paragraph: what stands before the first `一、` (the machine-made posts number their sections so).

    Falls back to the first paragraph when the body starts with its first section.
    """
    text = body.strip()
    numbered = re.search(r"(?:^|\s)一、", text)
    head = text[: numbered.start()] if numbered else text.split("\n", 1)[0]
    return clean(head) or clean(text.split("\n", 1)[0])


def summarise(body: str, limit: int = 96) -> str:
    """About two lines of the lead, at most `limit` characters, cut after a sentence.

    A first sentence longer than the limit is cut after a clause and ends in `…`, so that a cut is always visible.
    """
    text = lead(body)
    if len(text) <= limit:
        return text
    head = text[: limit - 1]  # room for a closing quote or the mark of a cut
    sentence = max(head.rfind(mark) for mark in _SENTENCE_END)
    # A full stop in the first third would leave a stump; a closing quote after it belongs to the sentence.
    if sentence >= limit // 3:
        end = sentence + 1
        return text[: end + 1] if text[end : end + 1] in "”’」』）)" else text[:end]
    clause = max(head.rfind(mark) for mark in _CLAUSE_END)
    return head[: clause if clause >= limit // 3 else limit].rstrip() + "…"


def width(text: str) -> int:
    """Columns that `text` takes in a terminal: wide and full-width characters take two."""
    return sum(
        2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text if not unicodedata.combining(char)
    )

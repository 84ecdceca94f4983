"""Sketches an HTML page without building a tree: title, lines, scripts, forms and where it leads; it judges nothing.

One pass from left to right, of linear time and without recursion whatever the page holds. A line is what a reader sees
on one: inline tags do not end it, all others do.
"""

import re
from dataclasses import dataclass, field
from html import unescape

from monitor.text import clean


@dataclass(frozen=True, slots=True)
class Line:
    """One visible line: its text, how many characters of it are links, and whether it is a heading."""

    text: str
    linked: int
    heading: bool


@dataclass(slots=True)
class Sketch:
    """What stands on a page. `whole` is False when the sketch ended because there was enough to see."""

    title: str = ""
    lines: list[Line] = field(default_factory=list)
    seen: int = 0  # characters of the lines
    hidden: int = 0  # characters in elements that are not displayed
    scripts: list[str] = field(default_factory=list)  # the text of inline ones
    sources: list[str] = field(default_factory=list)  # the addresses of others
    without_script: str = ""  # the text of noscript
    refresh: str | None = None  # where a meta refresh leads
    frames: int = 0
    links: int = 0
    passwords: int = 0  # fields for one
    whole: bool = True

    @property
    def script(self) -> str:
        """All inline scripts."""
        return "\n".join(self.scripts)


# `<!--`, or a tag with its slash, name and attributes, or a declaration. A `<` ends it, so that no text is read twice.
_TAG = re.compile(r"<(?:(!--)|(/?)([a-zA-Z][a-zA-Z0-9:-]*)([^<>]*)>|[!?/][^<>]*>)")
_INLINE = frozenset(
    (
        *("a", "abbr", "b", "big", "bdo", "code", "del", "em", "font", "i", "img", "input", "ins", "label", "mark"),
        *("nobr", "o:p", "s", "small", "span", "strong", "sub", "sup", "tt", "u", "wbr"),
    )
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4"))
_UNSEEN = frozenset(("script", "style", "title", "noscript", "textarea", "template", "svg", "select", "xmp"))
_ENDS = {name: re.compile(rf"</{name}\b", re.IGNORECASE) for name in _UNSEEN}
_NEVER_HIDDEN = frozenset(("html", "body", "a", "link", "img", "input", "br", "hr", "col", "source", "embed", "area"))
_NOT_DISPLAYED = re.compile(r"display\s?:\s?none|(?<![-\w\"'=:])hidden(?![-\w:;])", re.IGNORECASE)
_ATTRIBUTE = r"""\b{}\s{{0,9}}=\s{{0,9}}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"""
_SOURCE = re.compile(_ATTRIBUTE.format("src"), re.IGNORECASE)
_CONTENT = re.compile(_ATTRIBUTE.format("content"), re.IGNORECASE)
_IS_REFRESH = re.compile(r"http-equiv\s{0,9}=\s{0,9}[\"']?refresh", re.IGNORECASE)
_LEADS = re.compile(r"url\s{0,9}=\s{0,9}[\"']?([^\"'>]+)", re.IGNORECASE)
_PASSWORD = re.compile(r"type\s{0,9}=\s{0,9}[\"']?password", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]*>")
_LONGEST_TAG = 2_000  # characters in which the end of a quoted value is looked for
MOST = 1_000_000  # characters of a page that are looked at


def sketch(text: str, enough: int = MOST) -> Sketch:
    """The sketch of a page, up to the line with which `enough` visible characters are seen. Never raises."""
    pen = _Pen(text[:MOST])
    at = 0
    for tag in _TAG.finditer(pen.text):
        start = tag.start()
        if start < at:
            continue  # inside what was passed over
        if start > at:
            pen.say(at, start)
        at = pen.take(tag)
        if pen.page.seen >= enough:
            pen.page.whole = False
            return pen.page
    pen.say(at, len(pen.text))
    pen.end_line()
    return pen.page


class _Pen:
    """Where the sketching of one page is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.page = Sketch()
        self.parts: list[str] = []
        self.links = 0  # characters of the parts that are linked
        self.linked = self.heading = False
        self.hidden_by = ""
        self.hidden_depth = 0
        self.endless: set[str] = set()  # elements of which no end follows any more

    def say(self, start: int, end: int) -> None:
        """Add a text to the line."""
        text = self.text[start:end]
        if self.hidden_by:
            self.page.hidden += len(text.strip())
            return
        self.parts.append(text)
        if self.linked:
            self.links += len(text.strip())

    def end_line(self) -> None:
        """End the line, if it holds anything."""
        raw = "".join(self.parts)
        if raw and not raw.isspace():
            line = clean(unescape(raw) if "&" in raw else raw)
            if line:
                self.page.lines.append(Line(line, min(self.links, len(line)), self.heading))
                self.page.seen += len(line)
        self.parts.clear()
        self.links = 0

    def take(self, tag: re.Match[str]) -> int:
        """Take a tag in, and answer where the text goes on."""
        comment, slash, name, attributes = tag.groups()
        if name is None:
            return self._after("-->", tag.end()) if comment else tag.end()
        name = name.lower()
        if self.parts and name not in _INLINE:
            self.end_line()
        if slash:
            self._close(name)
            return tag.end()
        end = tag.end()
        if attributes.count('"') % 2:  # a quoted value holds the > at which it ended
            quote = self.text.find('"', end, end + _LONGEST_TAG)
            end = self._after(">", quote) if quote >= 0 else end
        return self._open(name, attributes, end)

    def _after(self, mark: str, start: int) -> int:
        end = self.text.find(mark, start)
        return end + len(mark) if end >= 0 else len(self.text)

    def _open(self, name: str, attributes: str, end: int) -> int:
        if name in _UNSEEN:
            return self._pass_over(name, attributes, end)
        if name == "a":
            self.linked = True
            self.page.links += 1
        elif name in _HEADINGS:
            self.heading = True
        elif name in ("frame", "iframe"):
            self.page.frames += 1
        if self.hidden_by:
            self.hidden_depth += name == self.hidden_by
        elif len(attributes) > len(" hidden") - 1:
            self._look(name, attributes)
        return end

    def _look(self, name: str, attributes: str) -> None:
        if name == "input":
            self.page.passwords += _PASSWORD.search(attributes) is not None
        elif name == "meta":
            if _IS_REFRESH.search(attributes) and (content := _value(_CONTENT, attributes)):
                leads = _LEADS.search(content)
                self.page.refresh = leads[1].strip() if leads else ""
        elif name not in _NEVER_HIDDEN and _NOT_DISPLAYED.search(attributes):
            self.end_line()
            self.hidden_by, self.hidden_depth = name, 1

    def _close(self, name: str) -> None:
        if name == self.hidden_by:
            self.hidden_depth -= 1
            if not self.hidden_depth:
                self.hidden_by = ""
        if name == "a":
            self.linked = False
        elif name in _HEADINGS:
            self.heading = False

    def _pass_over(self, name: str, attributes: str, end: int) -> int:
        """Pass over an element whose content is no markup, and keep what of it matters."""
        found = None if name in self.endless else _ENDS[name].search(self.text, end)
        if found is None:
            self.endless.add(name)
            if name == "script":
                self.page.scripts.append(self.text[end:])
            return len(self.text) if name in ("script", "style") else end
        content = self.text[end : found.start()]
        if name == "script":
            if source := _value(_SOURCE, attributes):
                self.page.sources.append(source)
            self.page.scripts.append(content)
        elif name == "title" and not self.page.title:
            self.page.title = clean(unescape(_MARKUP.sub("", content[:1000])))
        elif name == "noscript":
            self.page.without_script += clean(unescape(_MARKUP.sub(" ", content[:1000])))
        return found.start()


def _value(pattern: re.Pattern[str], attributes: str) -> str:
    found = pattern.search(attributes)
    return unescape(found[1] or found[2] or found[3] or "").strip() if found else ""

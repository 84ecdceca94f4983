"""The markup of the three chat platforms: what is bold, a link, a line; whatever a text holds, it shows as text.

None of them documents a way to escape in full, and none is CommonMark. So each mark that could begin something is
replaced: by its full-width form where the platform knows no entities (企业微信, 钉钉), by an entity where it does
(飞书).
With the mark goes the mention: <@all>, @所有人 and <at id=all></at> are only words then.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from digests.markdown import safe_url
from monitor.text import clean

_TO_WIDE = 0xFEE0  # from an ASCII mark to its full-width form
_WIDE = str.maketrans({mark: chr(ord(mark) + _TO_WIDE) for mark in "\\`*[]()<>#|~@&"})
_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")  # inside a word, as in a command, it means nothing anywhere
_LINE_START = re.compile(r"^([-+=])|^(\d+)(?=[.)）&])")
_SCHEME = re.compile(r"(?i)(?<=http)(s?):(?=//)|(?<=www)\.|(?<=ftp):(?=//)")
# https://open.feishu.cn/document/common-capabilities/message-card/message-cards-content/using-markdown-tags lists the
# entities. The ampersand is one of them, so that a written &#42; stays what it is.
_ENTITIES = {mark: f"&#{ord(mark)};" for mark in "&<>~!*\\[]()#`$@|"}


@dataclass(frozen=True, slots=True)
class Markup:
    """How one platform writes. `line` parts the lines of an entry, `gap` the entries."""

    escape: Callable[[str], str]
    line: str
    gap: str

    def link(self, text: str, url: str | None) -> str:
        """A link when the address is one that may be followed; the escaped text alone otherwise."""
        target = safe_url(url)
        return f"[{self.escape(text)}]({_closed(target)})" if target else self.escape(text)

    def bold(self, text: str) -> str:
        """`text` is markup already."""
        return f"**{text}**" if text else ""


def _closed(url: str) -> str:
    """The address without what would end it, or what a platform might act upon."""
    for mark in "()[]*'":
        url = url.replace(mark, f"%{ord(mark):02X}")
    return url


def in_wide_marks(text: str) -> str:
    """One line in which every mark of Markdown is its full-width form, and no address becomes a link by itself."""
    wide = _SCHEME.sub(lambda found: found[0][:-1] + ("：" if found[0][-1] == ":" else "．"), clean(text))
    wide = _UNDERSCORE.sub("＿", wide.translate(_WIDE))
    return _LINE_START.sub(lambda found: chr(ord(found[1]) + _TO_WIDE) if found[1] else found[2] + "\u200b", wide)


def in_entities(text: str) -> str:
    """One line in which every mark of 飞书's Markdown is an entity."""
    escaped = "".join(_ENTITIES.get(char, char) for char in _UNDERSCORE.sub("＿", clean(text)))
    escaped = _SCHEME.sub(lambda found: f"{found[0][:-1]}&#{ord(found[0][-1])};", escaped)
    return _LINE_START.sub(lambda found: f"&#{ord(found[1])};" if found[1] else found[2] + "\u200b", escaped)


WECOM = Markup(in_wide_marks, line="\n", gap="\n")
DINGTALK = Markup(in_wide_marks, line="  \n", gap="\n\n")  # one line break is none there
FEISHU = Markup(in_entities, line="\n", gap="\n")

"""Turns the bytes of a page into text whatever its header says, and tells how it decided; of markup it reads no more.

Headers and metas lie. So a byte order mark wins; then strict UTF-8, which other text hardly ever is by chance; then the
reading, of those declared and those likely, with the fewest odd characters: U+FFFD, private use, controls, rare signs.
"""

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a page without NULs and lone surrogates, its encoding as Python names it, and the reason in words."""

    text: str
    encoding: str
    note: str


@dataclass(frozen=True, slots=True)
class _Declared:
    name: str  # as the header or the page writes it
    encoding: str  # what that is read as
    in_header: bool


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before utf-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The names that are believed at all. Encodings of one byte to a character (ISO-8859-1 is what some servers say of every
# page) fit any bytes, and so their names say nothing. GB2312 and GBK are read as GB18030, which holds both.
_NAMES = {
    "utf-8": "utf-8 utf8 unicode-1-1-utf-8",
    "gb18030": "gb18030 gbk gb2312 x-gbk cp936 936 ms936 windows-936 gb_2312-80 gb2312-80 csgb2312 chinese euc-cn",
    "big5": "big5 big5-hkscs big5hkscs cn-big5 x-x-big5 csbig5 cp950 950 big5-eten",
    "utf-16-le": "utf-16 utf-16le utf-16-le unicode ucs-2",
    "utf-16-be": "utf-16be utf-16-be unicodefffe",
    "euc_jp": "euc-jp x-euc-jp",
    "shift_jis": "shift_jis shift-jis sjis x-sjis windows-31j",
    "euc_kr": "euc-kr ks_c_5601-1987 korean windows-949",
}
_ENCODINGS = {name: encoding for encoding, names in _NAMES.items() for name in names.split()}
_LIKELY = ("utf-8", "gb18030", "big5")
_IN_HEADER = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:+-]{1,40})", re.IGNORECASE)
_IN_PAGE = re.compile(
    rb"<meta\b[^>]{0,300}?\bcharset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:+-]{1,40})"
    rb"|<\?xml\b[^>]{0,100}?\bencoding\s{0,9}=\s{0,9}[\"']\s{0,9}([\w.:+-]{1,40})",
    re.IGNORECASE,
)
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_HEAD = 8_192  # bytes in which a page declares itself; the standard says 1,024, and pages do not care
_SAMPLE = 16_384  # bytes from the first that is not ASCII: enough to tell encodings apart
_SHORT = 200  # bytes from the first to the last that is not ASCII, in which even strict UTF-8 may be chance
_NULS = 0.3  # their share of every other byte in UTF-16: that of the markup
_STRAY = 0.1  # odd characters that text in a declared UTF-16 may have
_CONTROL, _PRIVATE = range(0x7F, 0xA0), (range(0xE000, 0xF900), range(0xF0000, 0x110000))
_SIGNS = (  # punctuation, arrows, boxes, full-width forms, and what Western names and prices need
    *(
        range(0x2000, 0x2070),
        range(0x20A0, 0x2700),
        range(0x3000, 0x3040),
        range(0xFE30, 0xFE50),
        range(0xFF00, 0xFF61),
    ),
    *(range(0xA0, 0xC0), range(0xFFE0, 0xFFE7)),
)
_LETTERS = "àáâäçèéêëìíîïñòóôöùúûüßÀÁÉÜÖÄØø×÷"
_RARE = 0.5  # weight of a sign that is seldom used but may be meant, beside one that nobody wrote
# UTF-8 that was read byte by byte as Latin-1 or Windows-1252 before it was served.
_BYTE = r"[\x80-\xbfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]"
_TWICE = re.compile(rf"[\xe0-\xef]{_BYTE}{_BYTE}|[\xc2-\xdf]{_BYTE}")
_TWICE_HEADS = "äåæçèéãïâÃÂ"
_LEAST_TWICE = 3
_LOST = ("锟斤拷", "ï¿½")  # U+FFFD, read as GBK and as Latin-1
_SURROGATE = re.compile("[\ud800-\udfff]")


def decode(body: bytes, content_type: str | None) -> Decoded:
    """The text of a page; `content_type` is the header as sent. Never raises.

    Broken bytes become U+FFFD, NULs are dropped. Where nothing is certain, the readings as the header says, as the page
    says, as utf-8, gb18030 and big5 are compared, and of equally good ones the first is taken.
    """
    declared = _declared(body[:_HEAD], content_type)
    decoded = _by_mark(body) or _utf_16(body, declared) or _strict(body, declared) or _least_odd(body, declared)
    text = decoded.text.replace("\x00", "")
    if decoded.encoding != "utf-8":
        text = _SURROGATE.sub("\ufffd", text)
    note = decoded.note + "; garbled before it was served" if _is_garbled(text) else decoded.note
    return Decoded(text, decoded.encoding, note)


def _declared(head: bytes, content_type: str | None) -> list[_Declared]:
    """What the header and then the page say, as far as it means anything."""
    said = [(found[1], True)] if (found := _IN_HEADER.search(content_type or "")) else []
    if (meta := _IN_PAGE.search(head.replace(b"\x00", b""))) is not None:
        said.append((next(group for group in meta.groups() if group).decode("ascii", "replace"), False))
    return [_Declared(name, _ENCODINGS[name.lower()], where) for name, where in said if name.lower() in _ENCODINGS]


def _by_mark(body: bytes) -> Decoded | None:
    for mark, name in _MARKS:
        if body.startswith(mark):
            return Decoded(body[len(mark) :].decode(name, "replace"), name, f"{name}, by its byte order mark")
    return None


def _utf_16(body: bytes, declared: list[_Declared]) -> Decoded | None:
    """UTF-16 without a mark: where every other byte of the markup is NUL, or where the header says so and it fits."""
    head = body[:_HEAD]
    said = next((one.encoding for one in declared if one.in_header and one.encoding.startswith("utf-16")), None)
    if b"\x00" in head[1:]:
        shares = {"utf-16-be": _share_of_nuls(head[0::2]), "utf-16-le": _share_of_nuls(head[1::2])}
        least, most = sorted(shares, key=lambda name: shares[name])
        if shares[most] >= _NULS and shares[least] < _NULS / 4:
            why = "as declared" if said == most else "by its NULs"
            return Decoded(body.decode(most, "replace"), most, f"{most}, {why}")
    if said is not None and (text := head.decode(said, "replace")) and _oddness(text, said) <= _STRAY * len(text):
        return Decoded(body.decode(said, "replace"), said, f"{said}, as declared")
    return None


def _share_of_nuls(part: bytes) -> float:
    return part.count(0) / len(part) if part else 0.0


def _strict(body: bytes, declared: list[_Declared]) -> Decoded | None:
    """UTF-8 without an error, even if it is cut within its last character, whatever is declared."""
    try:
        text, read = codecs.utf_8_decode(body, "strict", False)
    except UnicodeDecodeError:
        return None
    if body.isascii():
        return Decoded(text, "utf-8", "utf-8, all of it ASCII")
    if any(_is_rather(one.encoding, body, text) for one in declared if one.encoding != "utf-8"):
        return None
    cut = "; cut within its last character" if read < len(body) else ""
    return Decoded(text + "\ufffd" * bool(cut), "utf-8", _note(declared, "utf-8", "strict") + cut)


def _is_rather(encoding: str, body: bytes, text: str) -> bool:
    """Whether a few bytes are UTF-8 by chance: odd signs as that, and everyday ones as what is declared."""
    found = _NOT_ASCII.search(body)
    part = body[found.start() :].rstrip(bytes(range(0x80))) if found else b""
    if len(part) > _SHORT or _oddness(text, "utf-8") == 0:
        return False
    try:
        return _oddness(part.decode(encoding), encoding) == 0
    except UnicodeDecodeError:
        return False


def _least_odd(body: bytes, declared: list[_Declared]) -> Decoded:
    found = _NOT_ASCII.search(body)
    sample = body[found.start() :][:_SAMPLE] if found else b""
    candidates = dict.fromkeys([one.encoding for one in declared if not one.encoding.startswith("utf-16")])
    odd: dict[str, float] = {}
    for name in candidates | dict.fromkeys(_LIKELY):
        odd[name] = _oddness(codecs.getincrementaldecoder(name)("replace").decode(sample), name)
    best = min(odd, key=lambda name: odd[name])
    text = body.decode(best, "replace")
    others = [odd[one.encoding] for one in declared if one.encoding in odd]
    why = f"{odd[best]:g} odd characters against {others[0]:g}" if others else "fewest odd characters"
    if best == "big5" and "\ufffd" in text:  # Hong Kong's own signs
        wider = body.decode("big5hkscs", "replace")
        if wider.count("\ufffd") < text.count("\ufffd"):
            return Decoded(wider, "big5hkscs", _note(declared, "big5", why))
    return Decoded(text, best, _note(declared, best, why))


def _note(declared: list[_Declared], encoding: str, why: str) -> str:
    if not declared:
        return f"{encoding}, not declared"
    first = declared[0]
    if first.encoding != encoding:
        return f"declared {first.name.lower()}, read as {encoding}: {why}"
    return f"{encoding}, as declared" + (f" ({first.name.lower()})" if first.name.lower() != encoding else "")


def _oddness(text: str, encoding: str) -> float:
    """How many characters of a text nobody would write, those counted half that are only seldom written."""
    common = _common(encoding)
    return sum(_weight(ord(char)) * count for char, count in Counter(text).items() if char > "~" and char not in common)


def _weight(code: int) -> float:
    impossible = code == 0xFFFD or code in _CONTROL or any(code in private for private in _PRIVATE)  # noqa: PLR2004
    return 1.0 if impossible else _RARE


@cache
def _common(encoding: str) -> frozenset[str]:
    """The characters that a text in an encoding is mostly made of: of Chinese those of the first levels of GB2312 and
    Big5, which are ordered by use. What UTF-8 becomes when it is read as GBK lies in the second level and beyond."""
    signs = {chr(code) for codes in _SIGNS for code in codes} | set(_LETTERS)
    simple, traditional = _square("gb2312", 0xB0, 0xD7), _square("big5", 0xA4, 0xC6)
    if encoding == "gb18030":
        return frozenset(signs | simple)
    if encoding.startswith("big5"):
        return frozenset(signs | traditional)
    rest = _square("gb2312", 0xD8, 0xF7) | {chr(code) for code in (*range(0x3041, 0x3100), *range(0xAC00, 0xD7A4))}
    return frozenset(signs | simple | traditional | rest)


def _square(encoding: str, first: int, last: int) -> set[str]:
    codes = (bytes((row, column)) for row in range(first, last + 1) for column in range(0x40, 0xFF))
    return {char for code in codes if len(char := code.decode(encoding, "ignore")) == 1 and char > "\x7f"}


def _is_garbled(text: str) -> bool:
    if any(lost in text for lost in _LOST):
        return True
    if not any(head in text for head in _TWICE_HEADS):
        return False
    return sum(1 for _, _ in zip(_TWICE.finditer(text), range(_LEAST_TWICE), strict=False)) == _LEAST_TWICE

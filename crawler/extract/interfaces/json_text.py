"""Reads JSON as interfaces send it: padded, wrapped in a call, sloppy, cut off; what it means it leaves to others."""

import json
import re
from dataclasses import dataclass

from crawler.extract.interfaces.expressions import read_literal

_WRAPPED = re.compile(
    r"\s*+(?:/\*\*/|\)\]\}',?|while\s*\(1\);?|for\s*\(;;\);?"
    r"|(?:(?:var|let|const)\s+)?[\w$.]{1,120}(?:\[['\"][\w$]{1,60}['\"]\])?\s*=(?!=)"  # var list = …
    r"|(?:typeof\s+[\w$.]{1,120}\s*===?\s*['\"]function['\"]\s*&&\s*)?[\w$.]{1,120}\s*\()"  # callback(…)
)
_WRAPPERS = 4  # an empty comment, a guard, a call
_REST = re.compile(r"[\s;)]*+")
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|[\"\\/bfnrt]|(.)|\Z)", re.DOTALL)
_PIECE = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[{}\[\]]', re.DOTALL)
_CLOSES = {"{": "}", "[": "]"}
_DIGITS = 300  # of a whole number; Python refuses to read thousands of them
_LITERAL = 1_000_000  # characters; the reader of script literals is a hundred times slower than that of JSON
_JSON_IN_TEXT = 3  # encoded again and again


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """What a text held: dicts, lists, texts and numbers, with what had to be overlooked to read it."""

    value: object
    warnings: tuple[str, ...] = ()


def read_json_text(text: str) -> JsonDocument | None:
    """The JSON of a text, bare or wrapped (`callback({…});`, `var x = […];`, `)]}'`); None when it holds none.

    A text that was cut off keeps the objects that are whole. Of equal names in an object the last counts, NaN and
    Infinity are null. JSON nested deeper than Python's parser goes yields None as value, with a warning.
    """
    start, wrapped = _unwrapped(text)
    if text[start : start + 1] not in ("{", "[", '"'):
        return None
    try:
        return _read(text, start, wrapped=wrapped)
    except RecursionError:
        return JsonDocument(None, ("JSON nested too deep to be a listing",))


def json_inside(text: str) -> object:
    """The JSON that a text field holds (`"custom": "{\\"infodata\\": …}"`); None when it holds none."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return _decoder().decode(text.strip())
    except (ValueError, RecursionError):
        return None


def _unwrapped(text: str) -> tuple[int, bool]:
    """Where the JSON begins, and whether something stood before it."""
    start = len(text) - len(text.lstrip("\ufeff \t\r\n\x00"))
    begin = start
    for _ in range(_WRAPPERS):
        if text[start : start + 1] in ("{", "[", '"', ""):
            break
        found = _WRAPPED.match(text, start)
        if found is None:
            break
        start = found.end()
        while text[start : start + 1].isspace():
            start += 1
    return start, start > begin


def _read(text: str, start: int, *, wrapped: bool) -> JsonDocument | None:
    try:
        value, end = _decoder().raw_decode(text, start)
    except ValueError:
        return _repaired(text[start:])
    rest = _REST.match(text, end)
    if not wrapped and rest is not None and rest.end() < len(text.rstrip("\x00")):
        return None  # a text that only begins like JSON
    for _ in range(_JSON_IN_TEXT):
        if not isinstance(value, str):
            break
        value = json_inside(value) if value.lstrip()[:1] in ("{", "[") else _text_again(value)
    return None if value is None or isinstance(value, str) else JsonDocument(value)


def _text_again(value: str) -> object:
    try:
        return _decoder().decode(value) if value.lstrip().startswith('"') else None
    except ValueError:
        return None


def _decoder() -> json.JSONDecoder:
    # Not strict: line breaks and tabs stand raw in the texts of many systems.
    return json.JSONDecoder(strict=False, parse_int=_whole, parse_constant=lambda _: None)


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) < _DIGITS else float(digits)


def _repaired(text: str) -> JsonDocument | None:
    """JSON that its own parser refuses: with escapes that there are not, written as a script would, or cut off."""
    if "\\" in text:
        mended = _ESCAPE.sub(lambda found: found[0] if found[1] is None else found[1], text)
        if mended != text:
            try:
                return JsonDocument(_decoder().raw_decode(mended)[0])
            except ValueError:
                text = mended
    cut = _closed(text)
    if cut is not None:
        return JsonDocument(cut, ("the JSON is cut off; its whole records were read",))
    if len(text) > _LITERAL:
        return None
    try:
        value = read_literal(text)
    except ValueError:
        return None
    return JsonDocument(value) if isinstance(value, dict | list) else None


def _closed(text: str) -> object:
    """A text that ends in the middle, closed behind its last whole object; None when it is broken in another way."""
    stack: list[str] = []
    whole: tuple[int, tuple[str, ...]] | None = None
    for piece in _PIECE.finditer(text):
        mark = piece[0]
        if mark in _CLOSES:
            stack.append(mark)
        elif mark in ("}", "]"):
            if not stack or _CLOSES[stack.pop()] != mark:
                return None
            if mark == "}" and len(stack) < _DIGITS:
                whole = (piece.end(), tuple(stack))
    if not stack or whole is None:
        return None
    end, open_brackets = whole
    try:
        return _decoder().decode(text[:end] + "".join(_CLOSES[mark] for mark in reversed(open_brackets)))
    except ValueError:
        return None

"""Knows the values of scripts: texts with their escapes, numbers, what adding makes of them, and what is not known.

What cannot be known stays an `Unknown` with the name under which the script has it, so that a caller may guess.
"""

import json
import re
from dataclasses import dataclass

_ESCAPE = re.compile(r"\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|(.))", re.DOTALL)
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": "", "0": ""}
_WHOLE = 20  # digits; longer numbers are read as fractions


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the script computes; `name` is what it is called there, empty where it has no name."""

    name: str = ""

    def __str__(self) -> str:
        return f"\ue000{self.name}\ue001"  # inside a text: marks from the private use area, as no page prints them


UNKNOWN_IN_TEXT = re.compile("\ue000([^\ue000\ue001]*)\ue001")


class JsonText(str):
    """The text that `JSON.stringify` made."""

    __slots__ = ()


def added(value: object, other: object, *, plus: bool) -> object:
    """The sum or difference of two values, as a script has it: with a text, a text."""
    numbers = isinstance(value, int | float) and isinstance(other, int | float)
    if numbers and not isinstance(value, str) and not isinstance(other, str):
        return value + other if plus else value - other  # type: ignore[operator]
    if not plus:
        return value if isinstance(value, Unknown) else Unknown()  # page - 1
    if isinstance(value, str) or isinstance(other, str):
        return text_of(value) + text_of(other)
    return value if isinstance(value, Unknown) else other


def text_of(value: object) -> str:
    """A value as it joins a text; what is not known leaves its mark."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(Unknown()) if isinstance(value, dict | list) or value is None else str(value)


def stringified(value: object) -> object:
    """What `JSON.stringify` makes of a value."""
    if isinstance(value, Unknown):
        return value
    return JsonText(json.dumps(value, ensure_ascii=False, default=str))


def number_of(written: str) -> object:
    """The number that a token writes."""
    if written[:2] in ("0x", "0X"):
        return int(written, 16)
    return int(written) if written.isdigit() and len(written) < _WHOLE else float(written)


def unescaped(written: str) -> str:
    """The text between quotation marks."""
    if "\\" not in written:
        return written
    # A character beyond the first 65,536 is written as two; halves of one that stand alone are dropped.
    return _ESCAPE.sub(_escape, written).encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def _escape(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else _CONTROLS.get(found[3], found[3])

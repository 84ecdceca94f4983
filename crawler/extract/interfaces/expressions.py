"""Reads the literals and simple expressions of scripts, over names that a caller knows; it runs nothing."""

import re
from collections.abc import Callable

from crawler.extract.interfaces.literals import Unknown, added, number_of, stringified, text_of, unescaped

_TOKEN = re.compile(
    r"""\s*+(?:(?P<comment>//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?+)"""
    r"""|(?P<text>"(?:[^"\\\n]++|\\.)*+"?+|'(?:[^'\\\n]++|\\.)*+'?+)"""
    r"""|(?P<template>`(?:[^`\\]++|\\.)*+`?+)"""
    r"""|(?P<number>0[xX][\da-fA-F]{1,16}|(?:\d++(?:\.\d++)?|\.\d++)(?:[eE][+-]?\d{1,3})?)"""
    r"""|(?P<name>[A-Za-z_$][\w$]*+)"""
    r"""|(?P<mark>\.\.\.|=>|===|!==|==|!=|<=|>=|\|\||&&|\?\?|\?\.|\+\+|--|[^\s\w]))""",
    re.DOTALL,
)
_PLACE = re.compile(r"\$\{\s*([\w$.]{1,80})\s*\}")
_WORDS: dict[str, object] = {"true": True, "false": False, "null": None, "undefined": None}
_COMPARED = frozenset({"===", "!==", "==", "!=", "<", ">", "<=", ">=", "*", "/", "%", "&&", "|", "&", "in"})
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_TRANSPARENT = frozenset({"encodeURIComponent", "encodeURI", "String", "Number", "parseInt", "$.trim", "JSON.parse"})
_NAME = 200  # characters of a.b.c
_DEPTH = 60  # of brackets in an expression; what a person writes stays under ten


class NotReadableError(ValueError):
    """Raised by `read_literal` for a text that is no literal."""


def read_value(script: str, start: int, lookup: Callable[[str], object] = Unknown, limit: int = 3000) -> object:
    """The value of the expression at `start`, or an Unknown; `lookup` answers names (`a.b.c`) and calls (`f('x')`)."""
    try:
        return _Reader(script, start, lookup, limit).expression()
    except (NotReadableError, RecursionError):  # names that stand for nested expressions over names, and so on
        return Unknown()


def read_arguments(script: str, start: int, lookup: Callable[[str], object], limit: int = 3000) -> list[object]:
    """The values of a call's arguments; `start` is just behind its opening bracket."""
    reader = _Reader(script, start, lookup, limit)
    values: list[object] = []
    try:
        while reader.peek() not in (")", ""):
            values.append(reader.part())
            if reader.peek() != ",":
                break
            reader.take()
    except NotReadableError:
        pass
    return values


def read_literal(script: str) -> object:
    """A whole text that is one literal, as `{a: 'b', list: [1, 2,]}`. Raises ValueError when it is anything else."""
    reader = _Reader(script, 0, Unknown, len(script))
    value = reader.expression()
    if reader.peek() not in ("", ";", ")"):
        raise NotReadableError
    return value


class _Reader:
    """One pass over an expression. Every method leaves the place behind what it read, or raises NotReadableError."""

    def __init__(self, script: str, start: int, lookup: Callable[[str], object], limit: int) -> None:
        self._script, self._place, self._lookup = script, start, lookup
        self._left, self._depth = limit, 0
        self._next: re.Match[str] | None = None
        self._scan()

    def peek(self) -> str:
        found = self._next
        return "" if found is None else found[0].lstrip()

    def take(self) -> re.Match[str]:
        found = self._next
        if found is None:
            raise NotReadableError
        self._scan()
        return found

    def _scan(self) -> None:
        while True:
            self._left -= 1
            found = _TOKEN.match(self._script, self._place) if self._left > 0 else None
            self._next = found
            if found is None:
                return
            self._place = found.end()
            if found["comment"] is None:
                if _is_open(found):
                    self._next, self._left = None, 0
                return

    def part(self) -> object:
        """One expression; one that is not understood is skipped up to the next comma or closing bracket."""
        depth = self._depth
        try:
            value = self.expression()
            if self.peek() in (",", ")", "]", "}", "", ";"):
                return value
        except NotReadableError:
            if self._depth > _DEPTH:
                raise
            self._depth = depth
        self._skip()
        return Unknown()

    def _skip(self) -> None:
        depth = 0
        while (mark := self.peek()) and (depth or mark not in (",", ")", "]", "}", ";")):
            depth += (mark in _OPENING) - (mark in _CLOSING)
            self.take()

    def expression(self) -> object:
        self._depth += 1
        if self._depth > _DEPTH:
            raise NotReadableError
        value = self._either()
        if self.peek() == "?":
            self.take()
            first = self.part()
            if self.peek() != ":":
                raise NotReadableError
            self.take()
            second = self.part()
            value = second if isinstance(first, Unknown) else first
        self._depth -= 1
        return value

    def _either(self) -> object:
        value = self._sum()
        while self.peek() in ("||", "??"):
            self.take()
            other = self._sum()
            value = other if isinstance(value, Unknown) or value in (None, "", 0, False) else value
        if self.peek() in _COMPARED:
            while self.peek() in _COMPARED:
                self.take()
                self._sum()
            return Unknown()
        return value

    def _sum(self) -> object:
        value = self._unary()
        while self.peek() in ("+", "-"):
            plus = self.take()["mark"] == "+"
            value = added(value, self._unary(), plus=plus)
        return value

    def _unary(self) -> object:
        if self.peek() in ("!", "-", "+", "typeof", "new", "await", "++", "--"):
            mark = self.peek()
            self.take()
            self._depth += 1
            if self._depth > _DEPTH:
                raise NotReadableError
            value = self._unary()
            self._depth -= 1
            if mark == "-" and isinstance(value, int | float):
                return -value
            return value if mark in ("await", "+") else Unknown()
        return self._followed(*self._primary())

    def _primary(self) -> tuple[object, str]:
        """A value, and the name that it goes by: what follows a name may be a member or a call."""
        found = self.take()
        if found["text"] is not None:
            return unescaped(found["text"][1:-1]), ""
        if found["template"] is not None:
            return _PLACE.sub(lambda place: text_of(self._lookup(place[1])), unescaped(found["template"][1:-1])), ""
        if found["number"] is not None:
            return number_of(found["number"]), ""
        if found["name"] is not None:
            return self._named(found["name"])
        return self._bracketed(found["mark"]), ""

    def _named(self, name: str) -> tuple[object, str]:
        if name in _WORDS:
            return _WORDS[name], ""
        if name == "function" or self.peek() == "=>":
            raise NotReadableError
        return Unknown(name), name

    def _bracketed(self, mark: str) -> object:
        if mark == "{":
            return self._members()
        if mark == "[":
            return self._items("]")
        if mark == "(":
            values = self._items(")")
            if self.peek() == "=>" or not values:
                raise NotReadableError
            return values[-1]
        raise NotReadableError

    def _items(self, end: str) -> list[object]:
        values: list[object] = []
        while self.peek() != end:
            values.append(self.part())
            if self.peek() == ",":
                self.take()
            elif self.peek() != end:
                raise NotReadableError
        self.take()
        return values

    def _members(self) -> dict[str, object]:
        values: dict[str, object] = {}
        while self.peek() != "}":
            self._member(values)
            if self.peek() == ",":
                self.take()
            elif self.peek() != "}":
                raise NotReadableError
        self.take()
        return values

    def _member(self, values: dict[str, object]) -> None:
        found = self.take()
        if found["mark"] is not None:  # a spread, a computed name
            self._skip()
            return
        name = unescaped(found["text"][1:-1]) if found["text"] is not None else found[0].lstrip()
        if self.peek() == ":":
            self.take()
            values[name] = self.part()
        elif self.peek() in (",", "}"):
            values[name] = self._lookup(name)
        else:  # a method
            self._skip()

    def _followed(self, value: object, name: str) -> object:
        called = False
        while (mark := self.peek()) in (".", "?.", "[", "("):
            self.take()
            if mark in (".", "?."):
                value, name = self._member_of(value, name)
            elif mark == "[":
                value, name = _item_of(value, self._items("]"), name)
            else:
                value, name, called = self._called(value, name, self._items(")")), "", True
        return self._lookup(name) if name and not called and isinstance(value, Unknown) else value

    def _member_of(self, value: object, name: str) -> tuple[object, str]:
        member = self.take()["name"]
        if member is None:
            raise NotReadableError
        if isinstance(value, dict):
            return value.get(member, Unknown(member)), ""
        if len(name) > _NAME:
            raise NotReadableError
        if name:
            return Unknown(f"{name}.{member}"), f"{name}.{member}"
        # A method of a text or of what a call answered: `.trim()`, `.toString()`, `.val()`.
        return value, f"\ue000{member}"

    def _called(self, value: object, name: str, arguments: list[object]) -> object:
        first = arguments[0] if arguments else Unknown()
        if name.startswith("\ue000"):
            return value if name[1:] in ("trim", "toString", "val", "value", "toFixed", "text") else Unknown(name[1:])
        if name == "JSON.stringify":
            return stringified(first)
        if name in _TRANSPARENT:
            return first
        if name.endswith((".toString", ".trim", ".toFixed")):
            return self._lookup(name.rpartition(".")[0])
        return self._lookup(f"{name}({first!r})") if isinstance(first, str) else Unknown(name)


def _is_open(found: re.Match[str]) -> bool:
    """A quotation that nothing closes: all behind it is text, and reading on would start it again at every quote."""
    written = found["text"] or found["template"]
    return written is not None and (len(written) == 1 or written[-1] != written[0])


def _item_of(value: object, keys: list[object], name: str) -> tuple[object, str]:
    key = keys[0] if keys else None
    if isinstance(value, dict) and isinstance(key, str):
        return value.get(key, Unknown(key)), ""
    if isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
        return value[key], ""
    known = f"{name}.{key}" if name and isinstance(key, str) and len(name) <= _NAME else ""
    return Unknown(known or name), known

"""Edits the `[[source]]` tables of zhaoshang.toml as text: text in, text out; it reads and writes no file.

Everything that is not edited stays as it is, byte for byte: comments, order, spacing, line ends, a byte order mark. The
text is cut into logical lines, tomlkit edits the few that matter, and the result is read again: when it does not mean
exactly what was asked for, the edit is refused. That keeps an unusual but valid file safe.
"""

import copy
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import tomlkit
import tomlkit.items
from tomlkit.exceptions import TOMLKitError

from monitor.errors import ConfigError, SourceError

_BOM = "\ufeff"
# What can hide a bracket, a number sign or a line end; or is one. The text was read as TOML before, so all of it ends.
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'" r"|#[^\n]*|[\[{]|[\]}]|\n",
    re.DOTALL,
)
_COMMENTED_KEY = re.compile(r"#\s*[\w.-]+\s*=")
_AFTER_SOURCES = ("audience", "channel")  # where the template goes on


@dataclass(frozen=True, slots=True)
class _Line:
    """A logical line: a value that spans several lines is one. `path` is that of a header: `("source", "select")`."""

    text: str
    path: tuple[str, ...] = ()

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()

    @property
    def is_comment(self) -> bool:
        return self.text.lstrip().startswith("#")


@dataclass(frozen=True, slots=True)
class _Section:
    """A header with what belongs to it, as line numbers, half open.

    `lead` is the first of the comment lines directly above the header; `end` lies behind its last value and the
    comment lines directly below that. What stands between two sections belongs to neither.
    """

    lead: int
    header: int
    values_end: int
    end: int
    source: int | None  # which [[source]] it is (part of), from 0


def table_text(values: Mapping[str, str | int | bool]) -> str:
    """A `[[source]]` table, ready to be put into the file."""
    table = tomlkit.table()
    for key, value in values.items():
        table.add(key, value)
    tables = tomlkit.aot()
    tables.append(table)
    document = tomlkit.document()
    document.add("source", tables)
    return tomlkit.dumps(document)


def add_table(text: str, values: Mapping[str, str | int | bool]) -> str:
    """The file with one more `[[source]]`: behind the last one, or where the template has them.

    Raises ConfigError when the text is not valid TOML, or is written in a way that cannot be added to.
    """
    mark, plain = _without_mark(text)
    data = _read(plain)
    lines = _lines(plain)
    sections = _sections(lines)
    ends = [section.end for section in sections if section.source is not None]
    if not ends and "source" in data:
        raise ConfigError(
            "the sources stand in an array that this command cannot add to", todo="write them as [[source]] tables"
        )
    place = max(ends) if ends else _place_of_first(lines, sections)
    block = table_text(values)
    if place and not lines[place - 1].is_blank:
        block = ("\n" if lines[place - 1].text.endswith("\n") else "\n\n") + block
    if place < len(lines) and not lines[place].is_blank:
        block += "\n"
    expected = copy.deepcopy(data)
    expected.setdefault("source", []).append(dict(values))
    return mark + _checked(_joined(lines[:place]) + _ended_as(block, plain) + _joined(lines[place:]), expected)


def set_paused(text: str, name: str, *, paused: bool) -> str:
    """The file with `paused = true` in that source's table, or without it; the same text when it is so already.

    Raises SourceError when there is no such table, ConfigError as `add_table`.
    """
    mark, plain = _without_mark(text)
    data = _read(plain)
    number = _number_of(data, name)
    if bool(data["source"][number].get("paused", False)) is paused:
        return text
    lines = _lines(plain)
    section = next(section for section in _own_sections(lines, number) if lines[section.header].path == ("source",))
    old = _joined(lines[section.header : section.values_end])
    switched, remains = _switched(old.replace("\r\n", "\n").rstrip("\n") + "\n", paused=paused)
    new = _ended_as(switched, old)
    expected = copy.deepcopy(data)
    expected["source"][number].pop("paused", None)
    expected["source"][number] |= {"paused": paused} if remains else {}
    return mark + _checked(_joined(lines[: section.header]) + new + _joined(lines[section.values_end :]), expected)


def remove_table(text: str, name: str) -> str:
    """The file without that source's table, its sub-tables, and the comments that stand directly at them.

    Raises SourceError when there is no such table, ConfigError as `add_table`.
    """
    mark, plain = _without_mark(text)
    data = _read(plain)
    number = _number_of(data, name)
    lines = _lines(plain)
    for section in reversed(_own_sections(lines, number)):
        end = section.end
        if section.lead == 0 or lines[section.lead - 1].is_blank:
            while end < len(lines) and lines[end].is_blank:
                end += 1
        del lines[section.lead : end]
        while section.lead >= len(lines) > 0 and lines[-1].is_blank:
            lines.pop()
    expected = copy.deepcopy(data)
    del expected["source"][number]
    if not expected["source"]:
        del expected["source"]
    return mark + _checked(_joined(lines), expected)


def _switched(text: str, *, paused: bool) -> tuple[str, bool]:
    """A `[[source]]` table with the key set or removed, and whether the key is there; with a comment it stays."""
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise _not_editable() from error
    table = document["source"][0]
    item = table.item("paused") if "paused" in table else None
    commented = isinstance(item, tomlkit.items.Bool) and bool(item.trivia.comment)
    if paused or commented:
        table["paused"] = paused
    else:
        table.remove("paused")
    return tomlkit.dumps(document), paused or commented


def _without_mark(text: str) -> tuple[str, str]:
    plain = text.removeprefix(_BOM)
    return (_BOM if plain != text else ""), plain


def _read(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"is not valid TOML: {error}", todo="mend that line") from error


def _checked(text: str, expected: Mapping[str, Any]) -> str:
    """The edited text, once it is seen to mean what was asked for and nothing else."""
    try:
        done = tomllib.loads(text) == expected
    except tomllib.TOMLDecodeError:
        done = False
    if not done:
        raise _not_editable()
    return text


def _not_editable() -> ConfigError:
    return ConfigError("is written in a way that this command cannot edit", todo="edit it by hand")


def _joined(lines: list[_Line]) -> str:
    return "".join(line.text for line in lines)


def _ended_as(text: str, other: str) -> str:
    """The text with the line ends of another one."""
    return text.replace("\n", "\r\n") if "\r\n" in other else text


def _number_of(data: Mapping[str, Any], name: str) -> int:
    tables = data.get("source", [])
    if not isinstance(tables, list):
        raise ConfigError("there can be several: write [[source]]", where="source", todo="use two brackets")
    for number, table in enumerate(tables):
        if table.get("name") == name:
            return number
    names = ", ".join(str(table.get("name")) for table in tables)
    raise SourceError(f"there is no source named {name!r}", todo=f"configured: {names or 'none'}")


def _lines(text: str) -> list[_Line]:
    """The text as logical lines; joined they are the text."""
    found: list[_Line] = []
    start = depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in ("[", "{"):
            depth += 1
        elif token[0] in ("]", "}"):
            depth -= 1
        elif token[0] == "\n" and depth == 0:
            found.append(_line(text[start : token.end()]))
            start = token.end()
    if start < len(text):
        found.append(_line(text[start:]))
    return found


def _line(text: str) -> _Line:
    return _Line(text, tuple(_header_path(text)) if text.lstrip().startswith("[") else ())


def _header_path(text: str) -> Iterator[str]:
    """The keys of a header, whatever their quotes: read alone it is a document of one empty table."""
    inner: Any = tomllib.loads(text)
    while inner:
        key = next(iter(inner))
        yield key
        inner = inner[key][0] if isinstance(inner[key], list) else inner[key]


def _sections(lines: list[_Line]) -> list[_Section]:
    headers = [number for number, line in enumerate(lines) if line.path]
    sections: list[_Section] = []
    values_end = 0  # of the section before
    source = -1
    for header, following in pairwise([*headers, len(lines)]):
        path = lines[header].path
        if path == ("source",):
            source += 1
        lead = _lead(lines, header, values_end)
        values_end = 1 + max(n for n in range(header, following) if not (lines[n].is_blank or lines[n].is_comment))
        limit = _lead(lines, following, values_end) if following < len(lines) else following
        end = values_end
        while end < limit and lines[end].is_comment:
            end += 1
        sections.append(_Section(lead, header, values_end, end, source if path[0] == "source" else None))
    return sections


def _lead(lines: list[_Line], header: int, floor: int) -> int:
    """The first of the comment lines directly above a header; a key that is commented out belongs to what is above."""
    lead = header
    while lead > floor and lines[lead - 1].is_comment and not _COMMENTED_KEY.match(lines[lead - 1].text.lstrip()):
        lead -= 1
    return lead


def _own_sections(lines: list[_Line], number: int) -> list[_Section]:
    found = [section for section in _sections(lines) if section.source == number]
    if not found:
        raise ConfigError(
            "the sources stand in an array that this command cannot edit", todo="write them as [[source]] tables"
        )
    return found


def _place_of_first(lines: list[_Line], sections: list[_Section]) -> int:
    """Where the first source goes: before the audiences and channels, as in the template; else at the end."""
    places = [section.lead for section in sections if lines[section.header].path[0] in _AFTER_SOURCES]
    return min(places, default=len(lines))

"""Keeps `index.html` and `index.md` beside the files of digests: what stands in the folder, newest first.

The files are the truth: whatever was deleted, restored or cut short by a crash, the next writing of the index says
what is there. Only how a digest is headed is remembered, in `.index.json`, so that no file is read twice for it.
"""

import fcntl
import html
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError

from digests.content import Digest, from_json
from digests.files import write_whole
from digests.render import counts, environment, heading
from monitor.errors import PeriodError
from monitor.periods import parse_period

NAME = "index"
_MEMORY = ".index.json"
_LOCK = ".index.lock"
_FORMS = {"html": "HTML", "md": "Markdown", "pdf": "PDF", "json": "JSON"}  # in the order of their links
_ALERT = re.compile(r"(\d{4}-\d{2}-\d{2})T\d{6}")
_HEAD = 8192  # bytes in which the heading of a file stands
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class Headed:
    """How a digest is headed, and the line of its counts; that is empty where it is not known any more."""

    heading: str
    counts: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A digest of which there are files. `links` are the names of its formats with the files, the best first."""

    audience: str
    key: str
    last: date  # of its days
    alert: bool
    about: Headed
    links: tuple[tuple[str, str], ...]

    def within(self, folder: str) -> "Listed":
        """As seen from the folder that holds its own."""
        return Listed(
            *(self.audience, self.key, self.last, self.alert, self.about),
            tuple((name, f"{quote(folder)}/{target}") for name, target in self.links),
        )


@dataclass(frozen=True, slots=True)
class Year:
    """The digests of one year, newest first."""

    year: int
    listed: tuple[Listed, ...]


_Headings = TypeAdapter(dict[str, Headed])


def list_digest(root: Path, audience: str, digest: Digest) -> None:
    """Remember how a digest is headed whose files were just written, and write the index anew. Raises OSError."""
    with _alone(root):
        known = _remembered(root / audience)
        _remember(root / audience, {**known, digest.period.key: Headed(heading(digest), counts(digest))}, known)
        _write(root)


def refresh(root: Path) -> None:
    """Write the index anew where what stands in the folder is not what it says. Raises OSError."""
    if root.is_dir():
        with _alone(root):
            _write(root)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One process at a time: who looks at the folder later writes later, so the last index is a whole one."""
    root.mkdir(parents=True, exist_ok=True)
    handle = os.open(root / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(root: Path) -> None:
    everything: list[Listed] = []
    folders: list[tuple[str, str, int]] = []  # name, address, how many
    for folder in sorted(path for path in root.iterdir() if path.is_dir() and _is_name(path.name)):
        try:
            listed = _listed(folder)
        except PermissionError:  # somebody else's: it must not hold up the digests of all
            continue
        if listed:
            everything += [one.within(folder.name) for one in listed if not one.alert]
            folders.append((folder.name, f"{quote(folder.name)}/{NAME}", len(listed)))
        if listed or (folder / f"{NAME}.html").exists():
            _write_one(folder, folder.name, listed, ())
    if everything or folders or (root / f"{NAME}.html").exists():
        _write_one(root, "", everything, folders)


def _is_name(name: str) -> bool:
    """Whether it can be one of an audience; bytes that are no text cannot, and no address could be made of them."""
    return name.isprintable() and not name.startswith(".")


def _write_one(folder: Path, audience: str, listed: Iterable[Listed], folders: Iterable[tuple[str, str, int]]) -> None:
    ordered = sorted(listed, key=lambda one: one.audience)
    ordered.sort(key=lambda one: (one.last, one.key), reverse=True)
    by_year: dict[int, list[Listed]] = defaultdict(list)
    for one in ordered:
        by_year[one.last.year].append(one)
    years = [Year(year, tuple(found)) for year, found in by_year.items()]
    for form in ("html", "md"):
        template = environment().get_template(f"index.{form}.j2")
        text = template.render(audience=audience, years=years, count=len(ordered), folders=tuple(folders))
        write_whole(folder / f"{NAME}.{form}", text.encode())


def _listed(folder: Path) -> list[Listed]:
    """The digests of an audience, as its files say. Operator notices, samples and what is not ours have other names."""
    forms: dict[str, set[str]] = defaultdict(set)
    with os.scandir(folder) as entries:
        for entry in entries:
            key, _, form = entry.name.rpartition(".")
            if form in _FORMS and entry.is_file():
                forms[key].add(form)
    days = {key: day for key in forms if (day := _last_day(key))}
    known = _remembered(folder)
    found = known | {key: _read_heading(folder, key, forms[key]) for key in days if key not in known}
    _remember(folder, found, known)
    return [
        Listed(
            *(folder.name, key, last, _is_alert(key), _about(key, found[key])),
            tuple((name, quote(f"{key}.{form}")) for form, name in _FORMS.items() if form in forms[key]),
        )
        for key, last in days.items()
    ]


def _is_alert(key: str) -> bool:
    return _ALERT.fullmatch(key) is not None


def _about(key: str, headed: Headed) -> Headed:
    """An alert tells no sources, old news or changes: their counts would all be nought, as if that meant something."""
    return Headed(headed.heading) if _is_alert(key) else headed


def _last_day(key: str) -> date | None:
    """The last day of the digest of that name; None when it is none of a digest."""
    try:
        if alert := _ALERT.fullmatch(key):
            return date.fromisoformat(alert[1])
        period = parse_period(key)
    except (PeriodError, ValueError):
        return None
    return period.end - timedelta(days=1) if period.key == key else None


def _remembered(folder: Path) -> dict[str, Headed]:
    try:
        return _Headings.validate_json((folder / _MEMORY).read_bytes())
    except (OSError, ValidationError):  # it is made again from the files
        return {}


def _remember(folder: Path, found: Mapping[str, Headed], known: Mapping[str, Headed]) -> None:
    if found != known:
        write_whole(folder / _MEMORY, _Headings.dump_json(dict(sorted(found.items()))))


def _read_heading(folder: Path, key: str, forms: set[str]) -> Headed:
    """What a file that nobody remembers says of itself, the most telling of them first; else the name of its period."""
    if "json" in forms:
        try:
            digest = from_json((folder / f"{key}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            forms = forms - {"json"}
        else:
            return Headed(heading(digest), counts(digest))
    title = _title(folder / f"{key}.html") if "html" in forms else ""
    return Headed(title or (_first_line(folder / f"{key}.md") if "md" in forms else "") or key)


def _title(path: Path) -> str:
    found = re.search(r"<title>(.*?)</title>", _head(path), re.DOTALL)
    return " ".join(html.unescape(found[1]).split()) if found else ""


def _first_line(path: Path) -> str:
    found = re.match(r"# (.+)", _head(path))
    return _ESCAPED.sub(r"\1", found[1]).strip() if found else ""


def _head(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD).decode("utf-8", "replace")
    except OSError:
        return ""

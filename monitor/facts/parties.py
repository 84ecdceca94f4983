"""Who is named: companies, organisations, delegations, with the short names that the text uses; no register is asked.

Names are found by how they end, and cut where a name cannot begin; bodies without punctuation are read the same way.
"""

import itertools
import re
from collections.abc import Iterator

from monitor.facts.findings import Party, PartyKind
from monitor.facts.passage import Passage

_NAME = re.compile(r"[\u4e00-\u9fffA-Za-z0-9（）()·]{2,24}$")
_FORM = r"(?:股份|控股)?(?:有限责任公司|有限公司|集团公司|股份公司|总公司|分公司)(?:[\u4e00-\u9fff]{2,6}分公司)?"
_COMPANY = re.compile(_FORM)
_BODY_END = (
    r"商会|协会|联谊会|促进会|联合会|研究院|研究所|大学|学院|管委会|管理委员会|人民政府|投资促进局|投资促进中心|招商局|"
    r"商务局|总商会|科学院|设计院|基金会"
)
_ORGANISATION = re.compile(rf"(?:{_BODY_END})(?!会员|代表团|考察团|会长|副会长|生|教授)")
_DELEGATION = re.compile(r"(?:考察团|代表团|调研组|访问团|考察组|参访团|商务团|采购团|经贸团|招商团|调研团|参观团)")
_SHORT = re.compile(
    r"[（(，]?\s?(?:以下|下)?(?:简称|称)(?:为)?[：:]?[“\"「『]?([\u4e00-\u9fffA-Za-z0-9]{2,10})[”\"」』]?"
)
_PLAIN_COMPANY = re.compile(
    r"(?:^|[，,。；;、：“‘\s\n（(]|由|与|和|以|的|在|让)([\u4e00-\u9fff]{2,6})(公司|集团)(?![\u4e00-\u9fff]*有限)"
)
_INVESTOR = re.compile(
    r"(?:^|[，,。；;：！？\s\n]|由|年)([\u4e00-\u9fff]{2,8})(?:计划|拟|将)?(?:投资|投入|斥资)(?=[\d一二三四五六七八九十百千两近约超逾])"
)

# Where a name cannot go on to the left. Words of one letter cut only where they do not stand in names.
_BASE_CUT = (
    r".*(?:由|与|是|向(?!阳|上|荣)|对|让|把|被|将(?!军)|从(?!化)|到|(?<!华)为(?=.{4})|了|等|吸引|引进|引入|邀请|成立|走进|来到|来自|"
    r"考察|调研|参观|走访|董事长|总经理|签约|签订|签署|合作|包括|以及|其中|依托|通过|组织|组成|牵头|支持|促成|推动|会见|会同|"
    r"携手|记者|获悉|介绍|近日|日前|主办|承办|协办|[一二两三四五六七八九十几多这某]家|本地|当地|知名|负责人|代表|[\d去今前明每]年|"
    r"[\d一二三四五六七八九十]月|[\d一二三四五六七八九十]日|前往|赴|率|迎来|接待|陪同|举行|举办|双方|入驻|落户|投资方|业主|作为|"
    r"比如|例如|有(?![色限机])|及|会长|秘书长|设立|实施|构成|国内|海外|境外|的"
)
_CUT = re.compile(
    rf"{_BASE_CUT}|梳理|强化|发挥|引导|组建|推进|新增|共建|深化|加强|提升|建立|新设|筹建|支部|根据|针对|按照|随着|在|专题)"
)
_COMPANY_CUT = re.compile(rf"{_BASE_CUT}|企业|项目|龙头|民企|央企|国企)")
_AND = re.compile(r".*(?:县|市|区|州|政府|管委会|公司|集团|局|院|会|企业|开发区|园区|大学|中心|镇|团)(?:和|同|及|在)")
_GENERIC = re.compile(
    r".*(?:全资|独资|控股|参股|旗下|下属|境外|海外)[子孙分]|(?:原|该|本|我|各|某|此|其|贵|子|母|上市|有限|股份|物业|保险|投资|分|总|外贸|新|老|两家|多家|几家|三家|一家|家|大|相关|"
    r"有关|国有|民营|外资|项目|平台|运营|龙头|物流|贸易|食品|科技|能源|建筑|旅游|担保|企业|链主|行业|电力|供电|自来水)+"
)
_NO_INVESTOR = re.compile(
    r".*(?:项目|计划|总|企业|基地|工程|资金|预计|一期|二期|三期|累计|完成|亿元|财政|政府|固定资产|设备|平台|产业园|园区|县|市|区|"
    r"其中|公司|新增|客商|集团|需要|另外|可以|拟|单个|一家|本地|共|已|再|又|先后|协议|合同|意向|合计|来|节省|节约|建设|方|工厂)"
)
_FIRM_WORDS = (
    "科技|生物|新材料|新能源|材料|能源|医药|药业|制药|食品|重工|电子|光电|智能|实业|控股|集团|股份|环保|纺织|机械|装备|农业|"
    "化工|电气|电器|汽车|医疗|医疗器械|器械|设备|制造|工业|产业|发展|投资|贸易|开发|建设|技术|信息|网络|文化|旅游|物流|"
    "包装|制品|用品|工贸|国际|中国|饮品|酒业|鞋业|玻璃|金属|铝业|镁业|铜业|循环|绿色|供应链|服务|管理|水产|海洋|体育|电力"
)
_FIRM_WORD = re.compile(rf"(?:{_FIRM_WORDS})+")
_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|"
    "陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|中国"
)
_PROVINCE = re.compile(rf"(?:{_PROVINCES})(?:省|市|自治区)?")
_TOWN = re.compile(r"[\u4e00-\u9fff]{1,4}?[省市县区](?=[\u4e00-\u9fff]{2})")
_SHORTEST, _SURE = 2, 4  # letters of a name, and of one that no place is taken for
_OFTEN = 6  # two letters named more often than this are where it is, and not who
_MOST = 40  # parties of one post: a list of all firms of a county is no longer who the event is about


def read_parties(post: Passage) -> tuple[Party, ...]:
    """Companies, then delegations and organisations, each in the order of the text."""
    text = post.text
    companies = list(_companies(text))
    known = {name for party in companies for name in (party.name, *party.short)}
    others = [*itertools.islice(_loose_companies(text, known), _MOST), *_named(text, _DELEGATION, PartyKind.DELEGATION)]
    others += _named(text, _ORGANISATION, PartyKind.ORGANISATION)
    return tuple({(party.kind, party.name): party for party in [*companies, *others]}.values())[:_MOST]


def _begin(left: str, cuts: re.Pattern[str]) -> str:
    """The name's beginning: what follows the last word that cannot be in it."""
    for pattern in (cuts, _AND):
        if cut := pattern.match(left):
            left = left[cut.end() :]
    return left.lstrip("）)·（(和同及在以")


def _left(text: str, end: int) -> str:
    """What of a name may stand before its ending."""
    found = _NAME.search(text, max(0, end - 24), end)
    return "" if found is None else found[0]


def _companies(text: str) -> Iterator[Party]:
    """Companies under their registered form, with their short names joined."""
    if "公司" not in text:
        return
    names: dict[str, list[str]] = {}
    for match in _COMPANY.finditer(text):
        stem = _begin(_left(text, match.start()), _COMPANY_CUT)
        if len(stem) < _SHORTEST or _FIRM_WORD.fullmatch(stem):
            continue
        name = stem + match[0]
        told = _SHORT.match(text, match.end(), match.end() + 30)
        names.setdefault(name, []).extend([told[1]] if told else [])
        if len(names) == _MOST:
            break
    rest = text
    for name in names:
        rest = rest.replace(name, "\n")
    for name, explicit in names.items():
        short = [*explicit, *_shortened(name, rest)]
        yield Party(name, PartyKind.COMPANY, tuple(dict.fromkeys(one for one in short if one != name)))


def _shortened(name: str, rest: str) -> Iterator[str]:
    """Pieces of the name that the rest of the text uses for it, the longest from each beginning."""
    stem = re.sub(rf"{_FORM}$", "", name)
    stem = re.sub(r"[（(][^（()）]*[)）]", "", stem)
    for core, least in dict.fromkeys(_cores(stem)):
        piece = next((core[:length] for length in range(len(core), least - 1, -1) if core[:length] in rest), None)
        if piece is None or _FIRM_WORD.fullmatch(piece) or _is_place(piece, rest):
            continue
        yield _as_used(piece, core[len(piece) :], rest)
        return


def _as_used(piece: str, left_over: str, rest: str) -> str:
    """The short name as the text has it: 青岚公司, and 青岚绿包 of 青岚绿色包装."""
    at = rest.find(piece) + len(piece)
    for sign in rest[at : at + 2]:
        skipped, found, left_over = left_over.partition(sign)
        if not found or not skipped:
            break
        piece += sign
    return f"{piece}公司" if f"{piece}公司" in rest else piece


def _cores(stem: str) -> Iterator[tuple[str, int]]:
    """The name as it is, without its province, without a town before it; with the fewest letters a short form has."""
    yield stem, _SHORTEST
    shorter = stem
    for pattern in (_PROVINCE, _TOWN):
        if (place := pattern.match(shorter)) and len(shorter) - place.end() >= _SHORTEST:
            shorter = shorter[place.end() :]
            yield shorter, _SHORTEST
    if len(shorter) >= _SHORTEST + _SURE:
        yield shorter[_SHORTEST:], _SURE  # a town of two letters may stand before the name itself, without its 市


def _is_place(piece: str, rest: str) -> bool:
    """Whether a piece is the name of a place, as far as this text tells."""
    if _PROVINCE.fullmatch(piece) or piece[-1] in "省市县区":
        return True
    at = rest.find(piece)
    while at >= 0:
        if rest[at + len(piece) : at + len(piece) + 1] in ("市", "县", "区", "州", "省", "镇"):
            return True
        at = rest.find(piece, at + 1)
    return len(piece) == _SHORTEST and rest.count(piece) > _OFTEN


def _loose_companies(text: str, known: set[str]) -> Iterator[Party]:
    """某某公司 and who invests an amount, where no registered name was given."""
    for pattern in (_PLAIN_COMPANY, _INVESTOR):
        for match in pattern.finditer(text):
            name = _begin(match[1], _COMPANY_CUT)
            if len(name) < _SHORTEST or _GENERIC.fullmatch(name) or _FIRM_WORD.fullmatch(name):
                continue
            if pattern is _INVESTOR and _NO_INVESTOR.match(name):
                continue
            full = name + (match[2] if pattern is _PLAIN_COMPANY else "")
            if not any(name in one for one in known):
                known.add(full)
                yield Party(full, PartyKind.COMPANY)


def _named(text: str, pattern: re.Pattern[str], kind: PartyKind) -> Iterator[Party]:
    for match in pattern.finditer(text):
        stem = _begin(_left(text, match.start()), _CUT)
        if len(stem) >= _SHORTEST and not _GENERIC.fullmatch(stem):
            yield Party(stem + match[0], kind)

"""A post's title and body as one text to read facts from: folded character by character; it reads no fact itself."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# Forms that mean one of ours, one character each, so that places in the text stay the same and the words can be cut
# out of the original: full-width digits, letters and signs, and the traditional characters of the words looked for.
_TRADITIONAL = (
    "億萬總資簽約開產業設與動調組團會營運達額點餘兩幾個項車間廠線場處園區縣鎮鄉協議實際訪問談書記聯誼員務歐發佈銷補貼"
    "獎勵稅財報電陽風儲氫鋰鋼鐵鋁鎂銅礦鏈機裝備藥療飲農糧紡織絲綢輪導體網數據雲計劃預將擬爭後來時舉辦啟試單獲領進華東"
    "國環優戰廣灣陸頃噸畝臺輛隻條雙層屆從歲節創軟傳統採購聖學滿壓覽對懇貿規則細貸擔債險冊強檻過標當現訂轉並併爐參觀閉"
    "減還專貨匯儀攬證論壇圓鍋註啓籤樁澆築頂腳頭號於為爲這們種樣長門見關價質檢測護評審構術醫氣熱盤劑釀魚蝦養豬雞葉樹紙"
    "軌鋪佔畫廢淨選遷連輕載週韓陣屬確礎鑄鍛錳釩鈦鎳鈷矽複夠夥鄰負費賓賽贈訓託許詢諮諾謀講讓讚揚擴擊齊齡顧顯飛館駐驗"
)
_SIMPLIFIED = (
    "亿万总资签约开产业设与动调组团会营运达额点余两几个项车间厂线场处园区县镇乡协议实际访问谈书记联谊员务欧发布销补贴"
    "奖励税财报电阳风储氢锂钢铁铝镁铜矿链机装备药疗饮农粮纺织丝绸轮导体网数据云计划预将拟争后来时举办启试单获领进华东"
    "国环优战广湾陆顷吨亩台辆只条双层届从岁节创软传统采购圣学满压览对恳贸规则细贷担债险册强槛过标当现订转并并炉参观闭"
    "减还专货汇仪揽证论坛圆锅注启签桩浇筑顶脚头号于为为这们种样长门见关价质检测护评审构术医气热盘剂酿鱼虾养猪鸡叶树纸"
    "轨铺占画废净选迁连轻载周韩阵属确础铸锻锰钒钛镍钴硅复够伙邻负费宾赛赠训托许询咨诺谋讲让赞扬扩击齐龄顾显飞馆驻验"
)
_FOLDED = (
    dict(zip(map(ord, _TRADITIONAL), _SIMPLIFIED, strict=True))
    | {code: chr(code - 0xFEE0) for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
    | {ord("．"): ".", ord("／"): "/", ord("○"): "〇", ord("\u3000"): " ", ord("\xa0"): " "}
)
_FOLDABLE = re.compile(f"[{''.join(map(chr, _FOLDED))}]")
_LABEL = re.compile(r"\s*[【\[［〖][^】\]］〗]{0,40}[】\]］〗]")
_SENTENCE_END = re.compile(r"[。！？!?；;\n]")
_CLAUSE_END = "，,。！？!?；;：:\n"
LONGEST = 30_000  # characters of a body that are read: twice the longest work report seen
LONGEST_TITLE = 500
LEAD = 220  # characters of the body in which a reporter says what it is about


@dataclass(frozen=True, slots=True)
class Passage:
    """Title and body in one text. `text` is folded, with the label blanked; `original` has the words as they stand."""

    original: str
    text: str
    title_end: int  # the body begins one character later
    lead_end: int

    @property
    def title(self) -> str:
        """The folded title without its label."""
        return self.text[: self.title_end]

    @property
    def lead(self) -> str:
        """The folded beginning of the body."""
        return self.text[self.title_end + 1 : self.lead_end]

    def words(self, start: int, end: int) -> str:
        """The words from start to end as they were written."""
        return self.original[start:end]


def passage_of(title: str, body: str) -> Passage:
    """Fold a post's title and body. The lead ends with the sentence in which LEAD characters are full."""
    title = title[:LONGEST_TITLE]
    original = f"{title}\n{body[:LONGEST]}"
    text = original.translate(_FOLDED) if _FOLDABLE.search(original) else original
    label = _LABEL.match(title)
    if label is not None:
        text = " " * label.end() + text[label.end() :]
    start = len(title) + 1
    end = _SENTENCE_END.search(text, start + LEAD)
    lead_end = min(len(text), start + 2 * LEAD) if end is None else min(end.start(), start + 2 * LEAD)
    return Passage(original, text, len(title), lead_end)


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for many words, walked through once: the longest wins, so that 新能源汽车 is no 新能源.

    Words are grouped by their first character: what a place in the text is compared with is a hundred, not a thousand.
    """
    by_first: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        by_first.setdefault(word[0], []).append(re.escape(word[1:]))
    groups = (f"{re.escape(first)}(?:{'|'.join(rests)})" for first, rests in by_first.items())
    return re.compile("|".join(groups))


def clause_before(text: str, place: int, furthest: int = 40) -> str:
    """What stands before a place in its clause, at most so many characters."""
    piece = text[max(0, place - furthest) : place]
    for at in range(len(piece) - 1, -1, -1):
        if piece[at] in _CLAUSE_END:
            return piece[at + 1 :]
    return piece


def clause_after(text: str, place: int, furthest: int = 40) -> str:
    """What stands after a place in its clause, at most so many characters."""
    piece = text[place : place + furthest]
    for at, sign in enumerate(piece):
        if sign in _CLAUSE_END:
            return piece[:at]
    return piece


def sentence_around(text: str, start: int, end: int, furthest: int = 120) -> tuple[int, int]:
    """Where the sentence around a place begins and ends, looking no further than so many characters."""
    low = max(0, start - furthest)
    first = max(text.rfind(sign, low, start) for sign in "。！？!?；;\n") + 1
    last = _SENTENCE_END.search(text, end, end + furthest)
    return max(first, low), min(end + furthest, len(text)) if last is None else last.start()

"""What a post says of its event: where, how much, how big, at which stage, who and when; data only, with the words."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Level(StrEnum):
    """How fine a place is."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


@dataclass(frozen=True, slots=True)
class Place:
    """A division: its code (GB/T 2260, six digits), its full name, and the words that it was read from."""

    code: str
    name: str  # 广东省湛江市徐闻县
    level: Level
    words: str


class MoneyKind(StrEnum):
    """What an amount is of. Only investments count towards the size of a project."""

    INVESTMENT = "investment"  # of a project, or all that was signed
    OUTPUT = "output"  # 产值, 销售额, 税收
    SUPPORT = "support"  # 补贴, 奖补
    FUND = "fund"
    GATHERED = "gathered"  # what the contracts of a whole county or year bring, in a work report
    PART = "part"  # of an investment that the post tells whole: 首期, 其中
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in yuan. `upto` is set on ranges (3亿至5亿元); `about` on 近, 约, 超, 余.

    What was told in another `currency` stands here at a constant rate, for comparing only, and is no INVESTMENT.
    """

    yuan: int
    kind: MoneyKind
    words: str
    upto: int | None = None
    about: bool = False
    currency: str = "元"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A capacity or size: `value` in `unit` (兆瓦, 吨/年, 亩, 平方米, 台套 …), units made comparable (万吨 -> 吨)."""

    value: float
    unit: str
    words: str


class Stage(StrEnum):
    """How far an event is, in the field's words."""

    SIGNING = "签约"
    GROUNDBREAKING = "开工"
    PRODUCTION = "投产"
    VISIT = "调研考察"
    PROMOTION = "推介会"
    POLICY = "政策"
    OTHER = "其他"


class PartyKind(StrEnum):
    """What sort of party is named."""

    COMPANY = "company"
    ORGANISATION = "organisation"
    DELEGATION = "delegation"


@dataclass(frozen=True, slots=True)
class Party:
    """Who is named, under the longest name, with the abbreviations that the text uses."""

    name: str
    kind: PartyKind
    short: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventDate:
    """When the event was, by what this post itself states; as precise as that is."""

    year: int
    month: int | None
    day: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it. `recycled`: the stated event year is before the publication year; none stated is False."""

    place: Place | None = None
    money: tuple[Money, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    stage: Stage = Stage.OTHER
    stage_words: str = ""
    industries: tuple[str, ...] = ()
    parties: tuple[Party, ...] = ()
    event_date: EventDate | None = None
    recycled: bool = False
    edition: int | None = None  # 第五届 -> 5
    published: date | None = None

    @property
    def investments(self) -> tuple[int, ...]:
        """Amounts of investment in a project in yuan, each once, in the order of the text."""
        return tuple(dict.fromkeys(one.yuan for one in self.money if one.kind is MoneyKind.INVESTMENT))

    @property
    def contracted(self) -> tuple[int, ...]:
        """Those, and what all contracts of a place or a year bring, which is the size of no event."""
        kinds = (MoneyKind.INVESTMENT, MoneyKind.GATHERED)
        return tuple(dict.fromkeys(one.yuan for one in self.money if one.kind in kinds))

"""What is a company's own in its name, under full, short and changed names."""

import pytest

from monitor.facts.findings import Party, PartyKind
from monitor.stories.names import cores_of, shared


def company(name: str, *short: str) -> Party:
    return Party(name, PartyKind.COMPANY, short)


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("江苏淮泽膜材料科技有限公司", "淮泽膜材"),
        ("凌冬公司", "凌冬"),
        ("安徽龙眠绿色包装股份有限公司", "龙眠绿色"),
        ("荣成市蓝沣海藻生物有限公司", "蓝沣海藻"),
        ("岫镁建科（辽宁）有限公司", "岫镁建科"),
        ("陕西麟州镁业集团", "麟州镁业"),
    ],
)
def test_the_core_of_a_name_is_without_province_town_and_form(name, core):
    assert cores_of([company(name)], ()) == (core,)


def test_the_place_of_the_post_is_no_part_of_a_name():
    assert cores_of([company("湛江宝钢湛港钢铁有限公司")], ("广东省", "湛江市", "湛江")) == ("宝钢湛港",)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (("凌冬制冷",), ("凌冬",), True),
        (("龙眠绿色",), ("龙眠绿包",), True),
        (("童步鞋业",), ("赣跃体育",), False),
        ((), ("赣跃体育",), False),
        (("桑源生物", "雁牧食品"), ("雁牧",), True),
    ],
)
def test_names_are_shared_when_they_begin_alike(a, b, same):
    assert (shared(a, b) is not None) is same
    assert (shared(b, a) is not None) is same


def test_organisations_and_delegations_are_no_companies():
    assert cores_of([Party("越南谅山省企业协会", PartyKind.ORGANISATION)], ()) == ()

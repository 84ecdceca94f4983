"""Places: labels of every form, names that several places bear, sites under wider labels, and hostile input."""

import pytest

from monitor.facts.findings import Level
from monitor.facts.place import read_place
from monitor.facts.place_divisions import divisions, forms, towns
from monitor.facts.place_mentions import find_mentions
from monitor.facts.place_words import PHRASES, WORDS

CASES = [
    ("【徐闻招商】菠萝罐头厂开工", "项目占地60亩。", "440825"),
    ("【投资廉江市】2020年廉江市政府工作报告", "各位代表：", "440881"),
    ("【招商霍邱】铁矿深加工项目落户", "总投资5亿元。", "341522"),
    ("【湛江市徐闻县招商】海上风电", "", "440825"),
    ("【广东湛江招商】钢铁下游", "近年来，产业集聚。", "440800"),
    ("［资兴市招商］东江湖大数据中心开工", "", "431081"),
    ("【岑巩县 招商】磨料项目签约", "", "522626"),
    ("【横县招商】茉莉花节", "", "450181"),
    ("【滦县招商】装备园", "", "130284"),
    ("【普兰店市招商】服装产业", "", "210214"),
    ("【襄樊招商】汽车配件", "", "420600"),
    ("【徐闻经济开发区招商】项目集中签约", "", "440825"),
    ("【石家庄高新区招商】生物医药项目开工", "", "130100"),
    ("【两江新区招商】智能终端项目投产", "", "500000"),
    ("【昆山高新区招商】半导体项目签约", "", "320583"),
    ("【苏州工业园区招商】纳米项目", "", "320500"),
    ("【浦东新区招商】张江药谷签约", "", "310115"),
    ("【滨海新区招商】海水淡化装备开工", "", "120116"),
    ("【雄安新区招商】", "", "130000"),
    ("【鄂托克旗招商】氯碱项目开工", "", "150624"),
    ("【鄂托克前旗招商】光伏项目开工", "", "150623"),
    ("【达茂旗招商】风电制氢项目开工", "", "150223"),
    ("【科右前旗招商】玉米深加工", "", "152221"),
    ("【准格尔旗招商】煤化工", "", "150622"),
    ("【鄂伦春招商】蓝莓加工", "", "150723"),
    ("【长阳招商】清江鱼加工项目", "", "420528"),
    ("【积石山县招商】花椒加工", "", "622927"),
    ("【前郭县招商】大米加工", "", "220721"),
    ("【博尔塔拉招商】", "", "652700"),
    ("【恩施州招商】硒茶", "", "422800"),
    ("【恩施招商】硒茶产业推介", "恩施州各县市组团参会。", "422800"),
    ("【黔东南招商】银饰产业", "", "522600"),
    ("【阿克苏招商】纺织服装", "阿克苏地区纺织产业集聚。", "652900"),
    ("【石河子招商】番茄制品项目投产", "", "659001"),
    ("【图木舒克市招商】棉纺项目", "", "659003"),
    ("【济源招商】铅锌深加工", "", "419001"),
    ("【潜江招商】小龙虾加工", "", "429005"),
    ("【神农架招商】康养项目", "", "429021"),
    ("【琼海招商】", "", "469002"),
    ("【东莞招商】松山湖项目签约", "", "441900"),
    ("【儋州招商】洋浦化工新材料", "", "460400"),
    ("【香港招商】", "", "810000"),
    ("【璧山招商】新能源汽车零部件", "", "500120"),
    ("【重庆招商】笋竹加工厂投产", "重庆市梁平区的竹产业再添新项目，总投资3亿元的加工厂投产。", "500155"),
    ("【上海招商】生物医药项目开工", "位于奉贤区的东方美谷迎来新项目，奉贤将完善配套。", "310120"),
    ("【北京招商】优化服务", "全市各区持续优化营商环境，北京将继续发力。", "110000"),
    ("【天津招商】老港口装上新引擎", "滨海新区引进的冷链项目投用，来自河北沧州的客商慕名而来。", "120116"),
    ("【朝阳招商】优环境促发展", "持续优化营商环境。", None),
    ("【朝阳招商】凌源花卉项目签约", "花卉产业园落户凌源，辽宁西部再添亮点。", "211382"),
    ("【朝阳招商】国际商务区再添总部", "北京CBD核心区迎来外资总部，项目落户北京市朝阳区。", "110105"),
    ("【朝阳招商】汽车电子项目签约", "长春市朝阳经济开发区引进汽车电子项目。", "220104"),
    ("【通州招商】家纺产业升级", "南通家纺城迎来新设备，川姜镇新厂房开工。", "320612"),
    ("【通州招商】副中心再添文旅项目", "北京城市副中心文旅项目开工。", "110112"),
    ("【鼓楼招商】数字经济项目签约", "项目落户福州软件园，福建省级专项支持。", "350102"),
    ("【鼓楼招商】江苏产业强链", "江苏省内的多家企业到鼓楼区考察。", "320000"),
    ("【鼓楼招商】楼宇经济", "税收亿元楼宇增至十座。", None),
    ("【海城招商】海鲜加工项目", "北海市银滩旁的海城区引进海鲜加工项目。", "450502"),
    ("【大通招商】煤化工转型", "淮南市大通区老工业区改造提速。", "340402"),
    ("【普陀招商】科技楼宇", "上海西部的普陀区长寿路沿线新增总部。", "310107"),
    ("【西安招商】硬科技项目", "", "610100"),
    ("【大同招商】算力中心", "", "140200"),
    ("【大同招商】石化配套", "大庆市大同区新建石化配套园。", "230606"),
    ("【长安招商】模具产业", "东莞市长安镇模具企业集聚。", None),
    ("【和平招商】开放合作迎客来", "广东河源的和平县引进电子企业。", "441624"),
    ("【东乡招商】羊产业", "甘肃临夏的东乡县引进羊肉加工。", "622926"),
    ("【东乡招商】食品机械", "抚州东乡区签约食品机械。", "361003"),
    ("【伊宁招商】", "伊犁州直产业援疆再签项目。", "654000"),
    ("【吉林招商】", "冰雪经济招商引资大会。", "220000"),
    ("【湘潭招商】钢铁智造", "湘潭高新区引进智造项目。", "430300"),
    ("【合作招商】开放合作共赢未来", "深化合作，整合资源，和平发展。", None),
    ("【合作招商】高原牦牛项目", "甘南州合作市引进牦牛乳加工，投资1.2亿元。", "623001"),
    ("【资源招商】盘活资源", "要素资源保障有力。", None),
    ("【招商动态】一季度新签项目", "", None),
    ("【招商引资】江苏省盐城市射阳县签约风电叶片项目", "射阳县与企业签约。", "320924"),
    ("Zhanjiang attracts investors", "The city has signed.", None),
    ("【】", "", None),
    ("【安徽招商】茶油飘香大别山", "在金寨，一家油茶加工厂正式投产，总投资2亿元。金寨的油茶面积达20万亩。", "341524"),
    ("【六安招商】油茶项目投产", "金寨县引进的油茶加工项目投产，来自合肥市肥西县的专家到场。", "341524"),
    ("【湖南招商】花炮产业转型", "浏阳市与湖南焰红公司签约。与邻近的醴陵市相比，浏阳更重研发。", "430181"),
    ("【江西招商】铜产业", "鹰潭市贵溪市冶炼园引进总部位于深圳市南山区的企业。", "360681"),
    ("【广东招商】荔枝加工", "高州市引进荔枝加工，东莞市虎门商会考察团到访高州。", "440981"),
    ("【浙江招商】山海协作再深化", "总部设在杭州市余杭区的企业到龙泉市建厂，项目落户龙泉经济开发区。", "331181"),
    (
        "【四川招商】园区共建",
        "德阳市什邡市与成都市金牛区两地交流。主体项目位于什邡市，投资10亿元，什邡将加快建设。",
        "510682",
    ),
    ("【云南招商】三七推介会走进广州", "文山州砚山县三七产业推介会在广州市天河区举办，砚山签约6个项目。", "532622"),
    ("【山东招商】寿光蔬菜推介会在济南举行", "推介会在济南市历下区举行，寿光市签约项目8个。", "370783"),
    ("【贵州招商】各地比学赶超", "播州、桐梓、习水等地竞相发力，贵州产业链招商成效明显。", "520300"),
    ("【湖北招商】优环境", "宜昌、襄阳、荆州等地持续优化服务。", "420000"),
    ("【黄冈招商】调研", "调研组深入浠水、蕲春等地走访企业。", "421100"),
    ("【湛江招商】两地合作", "湛江经济技术开发区与安徽省池州市贵池区签署协议，贵池负责人到湛江考察。", "440800"),
    ("【怀化招商】打通通道", "拓展开放通道，推动开放合作。", "431200"),
    ("【桂林招商】盘活资源", "整合资源，资源优势明显，平乐于奉献。", "450300"),
    ("【郴州招商】投资兴业好去处", "欢迎客商到郴州投资兴业。", "431000"),
    ("【宁德招商】福建宁德锂电", "福建宁德锂电产业集聚。", "350900"),
    ("【甘南招商】开放合作", "甘南合作项目不断增多。", "623000"),
    (
        "【秦皇岛招商】2021年秦皇岛市政府工作报告",
        "昌黎县葡萄酒产业壮大，昌黎县引进项目10个，昌黎工业园扩区。",
        "130300",
    ),
    ("【遵义招商】2022年播州区政府工作报告", "全区经济平稳增长。", "520304"),
    ("【湛江招商】廣東省湛江市徐聞縣引進菠蘿加工項目", "徐聞縣與企業簽約。", "440825"),
    ("【貴港招商】電動車產業", "貴港市港北區引進電動車項目。", "450802"),
    ("福建省漳州市南靖县兰花产业园开工", "南靖县兰花产业园总投资2亿元。", "350627"),
    ("新厂开工", "位于陕西省汉中市城固县的工厂开工。", "610722"),
]


@pytest.mark.parametrize(("title", "body", "code"), CASES)
def test_the_place_is_as_fine_as_label_and_text_support(title, body, code):
    place = read_place(title, body)
    assert (place.code if place else None) == code, place


def test_a_place_has_its_full_name_its_level_and_the_words():
    place = read_place("【惠安招商】石雕园开工", "项目占地60亩。")
    assert place is not None
    assert (place.name, place.level, place.words) == ("福建省泉州市惠安县", Level.COUNTY, "惠安招商")
    place = read_place("【福建招商】石雕园开工", "石雕园在泉州市惠安县开工。")
    assert place is not None
    assert (place.code, place.words) == ("350521", "福建招商 … 泉州市惠安县")


def test_a_municipality_is_not_said_twice_and_a_county_under_the_province_has_no_city():
    names = divisions()
    assert names["500120"].full == "重庆市璧山区"
    assert names["429005"].full == "湖北省潜江市"
    assert names["441900"].level is Level.CITY


def test_a_given_label_goes_before_that_of_the_title():
    place = read_place("石雕园开工", "项目占地60亩。", label="惠安")
    assert place is not None
    assert place.code == "350521"


def test_every_unambiguous_full_name_and_short_name_is_read_as_its_own_division():
    for form in forms().values():
        if len(form.divisions) == 1 and not form.word and form.text not in PHRASES:
            place = read_place(f"【{form.text}招商】新项目", "")
            assert place is not None, form.text
            assert place.code == form.divisions[0].code, form.text


def test_a_name_that_nothing_tells_apart_gives_what_all_that_bear_it_share():
    for form in forms().values():
        if len(form.divisions) > 1 and all(one.level is Level.COUNTY for one in form.divisions) and not form.word:
            place = read_place(f"【{form.text}招商】新项目", "")
            provinces = {one.code[:2] for one in form.divisions}
            assert (place is None) == (len(provinces) > 1), form.text


@pytest.mark.parametrize(
    ("text", "not_named"),
    [
        ("欢迎到广东投资兴业", "资兴"),
        ("福建宁德的工厂", "建宁"),
        ("马鞍山的工厂", "鞍山"),
        ("大理石加工厂", "大理市"),
        ("市委和县委一起", "和县"),
        ("绍兴县域开发区", "绍兴县"),
        ("深化合作", "合作"),
        ("海城镇的工厂", "海城"),
    ],
)
def test_pieces_of_other_words_name_no_place(text, not_named):
    assert not_named not in [one.form.text for one in find_mentions(text) if one.divisions]


def test_everyday_words_are_short_names_of_divisions():
    stems = {one.stem for one in divisions().values()}
    assert stems >= WORDS
    assert PHRASES <= WORDS


def test_the_tables_are_whole():
    known = divisions()
    assert len(known) > 3200
    assert list(known) == sorted(known)
    assert known["653228"].name == "和康县"
    assert known["710000"].level is Level.PROVINCE
    assert towns().keys() <= known.keys()
    assert all(name for names in towns().values() for name in names)


@pytest.mark.parametrize(
    "body", ["", "广东省湛江市" * 33_334, "、" * 200_000, "在县市区旗" * 40_000, "\ud800\x00\n在", "a" * 200_000]
)
@pytest.mark.parametrize("title", ["", "【", "【】", "【招商】", "【湛江招商】", "【朝阳招商】项目", "【市】", "x"])
def test_no_text_raises(title, body):
    place = read_place(title, body)
    assert place is None or place.code in divisions()

"""What a post without the usual words is about, by what is seen in it; it is asked of no other post.

A feature on a plant need not say that it produces: somebody goes on shift there. An essay is known by what it is made
of: nobody and nothing in particular, and many good intentions.
"""

from collections.abc import Mapping

from monitor.facts.findings import Stage
from monitor.facts.passage import Passage, any_of

_SCENES = {
    Stage.PRODUCTION: (
        "车间|流水线|机台|夜班|下班|上班|班长|组长|工序|质检|发货|拉货|装车|厂里|厂子|新厂|进厂|工厂|生产线|产线|车间里|货车|"
        "叉车|工人|满负荷|启用|投产|投用|专列|发车|出厂|灌装|检测仪|食堂|调度员|值班|冷库|昼夜|装调|机房|老师傅|一天能|收购价|机器"
    ),
    Stage.GROUNDBREAKING: (
        "工地|吊装|打桩|桩机|吊车|塔吊|挖机|挖掘机|浇完|浇筑|图纸|脚手架|项目部|项目经理|封顶|围挡|基坑|钢柱|钢结构|工期|"
        "螺栓|启动仪式|安全帽|施工|升压站|混凝土|打桩机"
    ),
    Stage.SIGNING: (
        "合同|协议|盖章|盖了章|握手|约定|双方|红线|地块|等着|还没动|换文|附件|选址|落下|谈妥|谈判|谈拢|包销|保底|手印|入股|一式|董事会"
    ),
    Stage.VISIT: (
        "采购团|考察|一行|老板们|客人|来客|临别|临走|送行|座谈|第一站|参观|留下|回访|意见|翻译|中巴|大巴|下车|带队|会长|"
        "联合会|商会|再来|三天|四天|两天|走访|来访|看园区|问得|交流会"
    ),
    Stage.PROMOTION: (
        "会场|推介|展位|客商|采购商|台上|散场|来宾|开幕|主办|大屏幕|嘉宾|点菜|台下|展台|展馆|举办|参会|名片|宴席"
    ),
}
_INTENTIONS = (
    "坚持|推行|落实|深化|完善|健全|优化|强化|聚焦|着力|机制|专员|窗口|白名单|包联|帮办|代办|免申即享|一件事|首违不罚|扫码|"
    "全程|理念|亲清|第一|放心|安心|舒心|诉求|服务|全流程|痛点|堵点|让企业|政务|法治|要素保障|审批|联系企业|会客厅|营商环境|推动|主动上门|并联|压减|少跑腿|人才公寓|续贷|公益|工匠"
)
_SCENE_OF = {word: stage for stage, words in reversed(_SCENES.items()) for word in words.split("|")}
_SEEN = any_of(_SCENE_OF)
_MEANT = any_of(_INTENTIONS.split("|"))
_READ = 1500  # characters of title and body
_FEW, _SHARE = 9, 1.5  # different intentions that make an essay, and how many times more of them than of things seen
_POINTS = 0.6  # of each thing seen
_LEAST, _MOST = 2, 8


def is_made_of_intentions(post: Passage, *, least: int = _FEW, share: float = _SHARE) -> bool:
    """Whether it is an essay: many different intentions, and little that is seen."""
    meant = len(set(_MEANT.findall(post.text, 0, _READ)))
    return meant >= least and meant >= share * len(set(_SEEN.findall(post.text, 0, _READ)))


def scene_points(post: Passage) -> Mapping[Stage, tuple[float, str]]:
    """What the things seen say for each stage, with the first of them."""
    seen: dict[Stage, list[str]] = {}
    for word in dict.fromkeys(_SEEN.findall(post.text, 0, _READ)):
        seen.setdefault(_SCENE_OF[word], []).append(word)
    return {
        stage: (_POINTS * min(len(words), _MOST), words[0]) for stage, words in seen.items() if len(words) >= _LEAST
    }

"""The words by which a post calls its project or product (电解液 of 年产3万吨电解液项目), or what its policy is for.

A text is told by its rare words, which two products of one company told in one template share but for these few; so do
two policies of one city. It compares no posts.
"""

import re

from monitor.facts.findings import Stage
from monitor.facts.passage import Passage
from monitor.stories.words import all_words

_NAMED = re.compile(r"([\u4e00-\u9fff]{2,10})(?:项目|生产线|产线|基地|工厂|产业园|装置|工程|新品|系列)")
_PAPER = re.compile(r"《([^《》]{4,60})》")
_FOR = re.compile(r"(?:支持|扶持|促进|推动|推进|加快|鼓励|出台|发布|推出|印发|公布)([\u4e00-\u9fff]{2,16})")
# What papers of any subject are called.
_OF_PAPERS = re.compile(
    r"关于|支持|扶持|促进|推动|推进|加快|鼓励|进一步|高质量|全产业链|产业|行业|经济|发展|提质|扩容|升级|提升|振兴|转型|创新|融合|"
    r"招商引资|招商|引资|奖励|奖补|补贴|若干|措施|政策|意见|办法|方案|行动|计划|规定|实施|细则|条例|指南|清单|试行|暂行|"
    r"[一二三四五六七八九十百\d]+[年条项]"
)
_MOST = 12  # words


def products_of(post: Passage, rare: frozenset[str], stage: Stage) -> frozenset[str]:
    """The rare words of the phrases before 项目 and the like in the title, else of the first of the lead.

    Of a policy, those of the paper that title or lead names in 《》, else of what the title says that it supports.
    `rare` are those of the post. Only those that the body has as well: a catchy title names nothing.
    """
    body = post.text[post.title_end + 1 :]
    phrases = _subjects(post) if stage is Stage.POLICY else _NAMED.findall(post.title) or _NAMED.findall(post.lead)[:1]
    words = dict.fromkeys(word for phrase in phrases for word in all_words(phrase))
    return frozenset([word for word in words if word in rare and word in body][:_MOST])


def _subjects(post: Passage) -> list[str]:
    named = _PAPER.findall(post.title) or _PAPER.findall(post.lead)[:1] or _FOR.findall(post.title)
    return [piece for name in named for piece in _OF_PAPERS.split(name) if len(piece) > 1]

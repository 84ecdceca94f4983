"""The words by which a post calls its project or product (电解液 of 年产3万吨电解液项目); it compares no posts.

A text is told by its rare words, which two products of one company told in one template share but for these few.
"""

import re

from monitor.facts.passage import Passage
from monitor.stories.words import all_words

_NAMED = re.compile(r"([\u4e00-\u9fff]{2,10})(?:项目|生产线|产线|基地|工厂|产业园|装置|工程|新品|系列)")
_MOST = 12  # words


def products_of(post: Passage, rare: frozenset[str]) -> frozenset[str]:
    """The rare words of the phrases before 项目 and the like in the title, else of the first of the lead.

    `rare` are those of the post. Only those that the body has as well: a catchy title names nothing.
    """
    body = post.text[post.title_end + 1 :]
    phrases = _NAMED.findall(post.title) or _NAMED.findall(post.lead)[:1]
    words = dict.fromkeys(word for phrase in phrases for word in all_words(phrase))
    return frozenset([word for word in words if word in rare and word in body][:_MOST])

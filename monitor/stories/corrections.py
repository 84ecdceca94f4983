"""What people said of pairs of posts, and what follows from it for others; pure, and it moves no post."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise


class Said(StrEnum):
    """What was said of two posts."""

    TOGETHER = "together"  # one event
    APART = "apart"  # two events
    UNLINKED = "unlinked"  # nor have their stories anything to do with one another


Pair = tuple[int, int]


class Corrections:
    """Answers what hands decided of a post: whom it stays with, and from whom it is kept.

    Posts that are together, also by way of others, are one group; a group is apart from another when any two of their
    posts are.
    """

    def __init__(self, together: Iterable[Pair] = (), apart: Iterable[Pair] = ()) -> None:
        self._group: dict[int, int] = {}
        for a, b in together:
            self._join(a, b)
        self._members: Mapping[int, list[int]] = defaultdict(list)
        for post in self._group:
            self._members[self._find(post)].append(post)
        self._apart: dict[int, set[int]] = defaultdict(set)
        for a, b in apart:
            self._apart[self._find(a)].add(self._find(b))
            self._apart[self._find(b)].add(self._find(a))

    def together_with(self, post: int) -> tuple[int, ...]:
        """The other posts of its group."""
        return tuple(one for one in self._members.get(self._find(post), ()) if one != post)

    def kept_from(self, post: int) -> tuple[int, ...]:
        """Every post of the groups that its own is apart from."""
        groups = self._apart.get(self._find(post), ())
        return tuple(sorted(one for group in groups for one in self._members.get(group, [group])))

    def groups(self) -> tuple[tuple[int, ...], ...]:
        """The groups of posts that are together, each in order."""
        return tuple(tuple(sorted(one)) for one in self._members.values())

    def _join(self, a: int, b: int) -> None:
        first, second = sorted((self._find(a), self._find(b)))
        self._group.setdefault(first, first)
        self._group[second] = first
        for one in (a, b):
            self._group.setdefault(one, first)

    def _find(self, post: int) -> int:
        while (above := self._group.get(post, post)) != post:
            post = above
        return post


def chain(posts: Sequence[int]) -> tuple[Pair, ...]:
    """The fewest pairs that hold posts together, each pair in order."""
    ordered = sorted(posts)
    return tuple(pairwise(ordered))

"""Title and body of a post as one text with the divisions named in it, and what each mention weighs; no decision."""

from dataclasses import dataclass

from monitor.facts.place_mentions import Mention, find_mentions
from monitor.facts.place_script import simplified
from monitor.text import label_text, without_label

LEAD = 200  # characters of the body that tell what a post is about
_READ = 4000  # characters of a body: the site is named early, and reports of 100,000 characters name every place
_CHAINED, _FULL, _SHORT, _LOOSE = 2.0, 1.5, 1.0, 0.5  # how sure a mention is to mean the division
_IN_TITLE, _IN_LEAD = 2.0, 1.5


@dataclass(frozen=True, slots=True)
class Reading:
    """Title and body as one text, with what is named in it."""

    text: str
    title_end: int
    mentions: tuple[Mention, ...]

    def weight(self, one: Mention) -> float:
        """How much a mention says, by its form, its role and where it stands."""
        sure = _LOOSE if one.loose else _CHAINED if one.chained else _FULL if one.form.full else _SHORT
        early = _IN_TITLE if self.in_title(one) else _IN_LEAD if self.early(one) else 1.0
        return sure * early * one.role

    def in_title(self, one: Mention) -> bool:
        """Whether it stands in the title."""
        return one.end <= self.title_end

    def early(self, one: Mention) -> bool:
        """Whether it stands in title or lead."""
        return one.start < self.title_end + LEAD


def read(title: str, body: str) -> Reading:
    """The reading of a post; the title without its label."""
    head = without_label(title) if label_text(title) != without_label(title) else ""
    text = simplified(f"{head}\n{body[:_READ]}")
    return Reading(text, len(head), tuple(find_mentions(text)))

"""Remembers where the posts of a source keep their bodies, so that the slow judges are spared; it reads no page itself.

A place is trusted once it was found three times by the general method. Every fiftieth page is read by the general
method all the same, and a place that it disagrees with is forgotten.
"""

import json
from dataclasses import dataclass, replace

_TRUSTED = 3  # pages on which the general method found the body at a place before the place is believed
_AUDITED = 50  # one page in so many is read by the general method although a trusted place has an answer
_MOST = 4  # places remembered; a source mixes two or three templates at most
_VERSION = 1  # of what is written; another one is forgotten and learned again


@dataclass(frozen=True, slots=True)
class Place:
    """Where bodies stood: a path, on how many pages, and what was seen there at most.

    `parts` is over how many elements a body was split, `beside` how much other long text the page had.
    """

    path: str
    agreed: int = 1
    parts: int = 1
    beside: int = 0


@dataclass(frozen=True, slots=True)
class Recipe:
    """What was learned of a source's pages: the places of bodies, most used first, and how many pages were read.

    `dateless` counts the pages in a row that no method found a date on.
    """

    places: tuple[Place, ...] = ()
    pages: int = 0
    dateless: int = 0

    def trusted(self) -> tuple[Place, ...]:
        """The places to look at before the general method; none when it is time to audit them."""
        return () if self.pages % _AUDITED == _AUDITED - 1 else self.believed()

    def believed(self) -> tuple[Place, ...]:
        """The places on which the general method agreed often enough."""
        return tuple(place for place in self.places if place.agreed >= _TRUSTED)

    def dates_nothing(self) -> bool:
        """Whether the pages of this source are known to have no date, so that guessing at one is spared."""
        return self.dateless >= _TRUSTED

    def after(self, *, dated: bool | None = None) -> "Recipe":
        """The recipe after one more page, which had a date or none; nothing is known of a page without a post."""
        dateless = self.dateless if dated is None else 0 if dated else self.dateless + 1
        return replace(self, pages=self.pages + 1, dateless=dateless)

    def learned(self, place: Place, wrong: str = "") -> "Recipe":
        """After the general method found a body at `place`; `wrong` is a place where there had seemed to be one."""
        known = {known.path: known for known in self.places if known.path != wrong}
        old = known.pop(place.path, replace(place, agreed=0))
        agreed = replace(
            place, agreed=old.agreed + 1, parts=max(old.parts, place.parts), beside=max(old.beside, place.beside)
        )
        ranked = sorted([agreed, *known.values()], key=lambda one: -one.agreed)
        return replace(self, places=tuple(ranked[:_MOST]))

    def to_text(self) -> str:
        """As JSON, for the store."""
        places = [[place.path, place.agreed, place.parts, place.beside] for place in self.places]
        written = {"version": _VERSION, "pages": self.pages, "dateless": self.dateless, "places": places}
        return json.dumps(written, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> "Recipe":
        """What `to_text` wrote; an empty recipe from anything else, for what is lost is learned again."""
        try:
            written = json.loads(text)
            if written["version"] != _VERSION:
                return cls()
            places = tuple(
                Place(str(path), int(agreed), int(parts), int(beside))
                for path, agreed, parts, beside in written["places"]
            )
            return cls(places, int(written["pages"]), int(written["dateless"]))
        except (ValueError, TypeError, KeyError):
            return cls()

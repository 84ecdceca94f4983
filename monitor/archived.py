"""What the archive of raw pages holds: one page as it was kept, and how much there is; standard library only.

It says nothing of how pages are stored (monitor.store.archive) nor of what reading them again means (monitor.replay).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.pages import RawPage

# A page of a listing, a post's own page, or the page over which a crawl failed (the newest of each source only).
PageKind = Literal["listing", "post", "trouble"]


@dataclass(frozen=True, slots=True)
class PageRef:
    """A line of the archive without its content. Ids grow in the order in which pages were kept."""

    id: int
    source_id: int
    crawl_id: int
    post_id: int | None  # whose page it is; None on listings
    kind: PageKind
    url: str  # as asked for
    fetched_at: datetime

    def __str__(self) -> str:
        return f"page {self.id} ({self.kind} {self.url}, fetched {self.fetched_at:%Y-%m-%d %H:%M} UTC)"


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """A page of the archive with what came over the wire."""

    ref: PageRef
    raw: RawPage


@dataclass(frozen=True, slots=True)
class ArchiveSize:
    """How much the archive holds. Equal bodies are one content; `raw_bytes` counts each content once, uncompressed."""

    pages: int = 0
    contents: int = 0
    raw_bytes: int = 0
    disk_bytes: int = 0

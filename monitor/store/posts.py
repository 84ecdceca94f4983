"""Reads posts back, and counts them."""

from collections.abc import Iterator
from datetime import date

from monitor.models import Post, StoreSummary
from monitor.store import rows
from monitor.store.sources import SourceTables


class PostTables(SourceTables):
    """Reading use cases around `posts`."""

    def pending_posts(self, source_id: int) -> tuple[Post, ...]:
        """The posts of a source whose page has not been read yet, oldest first."""
        found = self._rows(
            f"SELECT {rows.POST_COLUMNS} FROM {rows.POSTS}"
            " WHERE posts.source_id = ? AND posts.status = 'pending' AND posts.url IS NOT NULL ORDER BY posts.id",
            source_id,
        )
        return tuple(rows.post(row) for row in found)

    def posts(self, *, source: str | None = None, since: date | None = None, limit: int = 50) -> tuple[Post, ...]:
        """The latest posts by effective date, newest first."""
        chosen = "posts.source_id = (SELECT id FROM sources WHERE name = ?1)" if source is not None else "?1 IS NULL"
        found = self._rows(
            f"SELECT {rows.POST_COLUMNS} FROM {rows.POSTS}"
            f" WHERE {chosen} AND posts.effective_on >= ?2"
            " ORDER BY posts.effective_on DESC, posts.id DESC LIMIT ?3",
            source,
            since.isoformat() if since else "",
            limit,
        )
        return tuple(rows.post(row) for row in found)

    def all_posts(self, batch: int = 500) -> Iterator[Post]:
        """Every post by id, read in batches so that no long read holds up checkpoints."""
        last = 0
        while True:
            found = self._rows(
                f"SELECT {rows.POST_COLUMNS} FROM {rows.POSTS} WHERE posts.id > ? ORDER BY posts.id LIMIT ?",
                last,
                batch,
            )
            if not found:
                return
            for row in found:
                yield rows.post(row)
            last = found[-1]["id"]

    def summary(self) -> StoreSummary:
        """The counts that `status` shows."""
        with self._read():
            counts = self._rows(
                "SELECT (SELECT COUNT(*) FROM off_label_entries) AS off_label,"
                " (SELECT COUNT(*) FROM digests) AS digests,"
                " (SELECT COUNT(*) FROM deliveries WHERE state <> 'sent') AS open,"
                " (SELECT COUNT(*) FROM deliveries WHERE state <> 'sent' AND attempts > 0) AS failing,"
                " (SELECT COUNT(*) FROM posts WHERE grouped <> revision) AS ungrouped,"
                " (SELECT COUNT(*) FROM post_facts WHERE problem IS NOT NULL) AS unread"
            )[0]
            sources = self.source_states()
        return StoreSummary(
            posts=sum(source.posts for source in sources),
            pending_posts=sum(source.pending for source in sources),
            off_label=counts["off_label"],
            digests=counts["digests"],
            pending_deliveries=counts["open"],
            failing_deliveries=counts["failing"],
            ungrouped_posts=counts["ungrouped"],
            unread_posts=counts["unread"],
            sources=sources,
        )

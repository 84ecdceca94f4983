"""Reads back what became of a post, and finds the post that a person means; writes nothing."""

from monitor.errors import UnknownPost
from monitor.history import EventKind, PostEvent, Revision, Wording
from monitor.identity import url_identity
from monitor.models import PostHistory
from monitor.store import rows
from monitor.store.connection import Connection
from monitor.text import title_key

_MOST_FOUND = 20
_LARGEST_ID = 2**63 - 1


class HistoryTables(Connection):
    """Use cases around `revisions` and `post_events`, for those who look."""

    def history(self, post_id: int) -> PostHistory:
        """A post with its revisions and events, oldest first. Raises UnknownPost."""
        with self._read():
            post = self._rows(f"SELECT {rows.POST_COLUMNS} FROM {rows.POSTS} WHERE posts.id = ?", post_id)
            if not post:
                raise UnknownPost(f"there is no post {post_id}", todo="see `zhaoshang posts`")
            revisions = self._rows(
                "SELECT number, seen_at, title, body, published_on, replayed FROM revisions"
                " WHERE post_id = ? ORDER BY number",
                post_id,
            )
            events = self._rows(
                "SELECT * FROM post_events WHERE post_id = ? ORDER BY id",
                post_id,
            )
        return PostHistory(
            rows.post(post[0]),
            tuple(
                Revision(
                    number=row["number"],
                    seen_at=rows.read_instant(row["seen_at"]),
                    wording=Wording(row["title"], row["body"], rows.read_day(row["published_on"])),
                    replayed=bool(row["replayed"]),
                )
                for row in revisions
            ),
            tuple(
                PostEvent(
                    id=row["id"],
                    post_id=row["post_id"],
                    at=rows.read_instant(row["at"]),
                    kind=EventKind(row["kind"]),
                    revision=row["revision"],
                    telling=bool(row["telling"]),
                    reason=row["reason"],
                )
                for row in events
            ),
        )

    def post_ids(self, text: str) -> tuple[int, ...]:
        """The posts that `text` may mean, newest first, at most 20: by number, by address, by words of the title.

        A number is a post's as long as there is such a post; only then are titles asked for it.
        """
        wanted = text.strip()
        if wanted.isascii() and wanted.isdigit() and (number := int(wanted)) <= _LARGEST_ID:
            found = self._found("posts.id = ?", [number])
            if found:
                return found
        if "//" in wanted:
            return self._by_address(wanted)
        words = [title_key(word) for word in wanted.split()]
        if not any(words):
            return ()
        # The listing's title is stored normalised; the post's own may be longer than that.
        return self._found(
            " AND ".join("(instr(listed_key, ?) OR instr(lower(posts.title), ?))" for _ in words),
            [word for word in words for _ in range(2)],
            among="posts INDEXED BY posts_by_title",  # the planner would read all texts to save sorting a day's posts
        )

    def _by_address(self, url: str) -> tuple[int, ...]:
        try:
            key = url_identity(url)
        except ValueError:
            return ()
        return self._found("posts.id IN (SELECT post_id FROM identities WHERE key = ?1 OR bare = ?1)", [key])

    def _found(self, condition: str, values: list[int] | list[str], among: str = "posts") -> tuple[int, ...]:
        found = self._rows(
            f"SELECT id FROM {among} WHERE {condition} ORDER BY effective_on DESC, id DESC LIMIT {_MOST_FOUND}", *values
        )
        return tuple(row["id"] for row in found)

"""Enters in `untold` what triggers cannot: posts from before an audience, and those that it passed over as they were.

The triggers and the columns are explained in telling_schema.py; what of the list a digest takes is not decided here.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from monitor.announcing import Audience
from monitor.models import Post
from monitor.store import rows
from monitor.store.connection import Connection


class UntoldTables(Connection):
    """Writes to `untold` and `audiences.untold_since`, inside the transactions of others."""

    def _offer_again(self, post_id: int) -> None:
        """Have a post whose text has changed in the lists of those audiences and rules that passed it over."""
        self._conn.execute(
            "INSERT OR IGNORE INTO untold SELECT audiences.id, ?1 FROM audiences CROSS JOIN digest_entries"
            " ON audience_id = audiences.id AND post_id = ?1 AND kind = 'filtered'",
            [post_id],
        )

    def _passed_over(self, who: Audience, posts: Sequence[Post], *, first: int = 0) -> dict[int, Post]:
        """Those of the posts that the audience or rule passed over, as they were then.

        One that had no text yet has none here; `first` is the revision that was judged at the earliest.
        """
        found = self._rows(
            "SELECT post_id, (SELECT MAX(number) FROM revisions WHERE revisions.post_id = digest_entries.post_id"
            " AND seen_at <= frozen_at) AS number FROM json_each(?1) CROSS JOIN digest_entries"
            " ON digest_entries.audience_id = ?2 AND post_id = json_each.value AND kind = 'filtered'"
            " JOIN digests ON digests.id = digest_id",
            json.dumps([post.id for post in posts]),
            who.id,
        )
        known = {post.id: post for post in posts}
        return {row["post_id"]: self._as_of(known[row["post_id"]], max(row["number"] or 0, first)) for row in found}

    def _as_of(self, post: Post, number: int) -> Post:
        if number >= post.revision:
            return post
        for row in self._rows("SELECT title, body FROM revisions WHERE post_id = ? AND number = ?", post.id, number):
            return replace(post, title=row["title"], body=row["body"])
        return replace(post, body=None)

    def _enter_untold(self, who: Audience, since: date) -> None:
        """Have all posts in the list that the audience was not told of, but those seen before it and dated before then.

        It looks at all posts there are, once for each audience, and again when `since` is earlier than ever before.
        """
        (known,) = self._rows("SELECT untold_since FROM audiences WHERE id = ?", who.id)
        entered = rows.read_day(known["untold_since"])
        if entered is not None and entered <= since:
            return
        with self._write() as conn:
            # By two indexes first, so that the posts themselves are only read where there is something to tell.
            conn.execute(
                "WITH open AS MATERIALIZED (SELECT id FROM posts INDEXED BY posts_by_date WHERE NOT EXISTS"
                " (SELECT 1 FROM digest_entries WHERE audience_id = ?1 AND post_id = posts.id))"
                " INSERT OR IGNORE INTO untold SELECT ?1, posts.id FROM open CROSS JOIN posts ON posts.id = open.id"
                " WHERE replayed = 0 AND NOT (first_seen_at < ?2 AND effective_on < ?3)",
                [who.id, rows.instant(who.created_at), since.isoformat()],
            )
            conn.execute("UPDATE audiences SET untold_since = ? WHERE id = ?", [since.isoformat(), who.id])

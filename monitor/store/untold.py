"""Enters in `untold` what an audience may be told of the posts that were there before it; triggers keep the list later.

The triggers and the columns are explained in telling_schema.py; what of the list a digest takes is not decided here.
"""

from datetime import date

from monitor.announcing import Audience
from monitor.store import rows
from monitor.store.connection import Connection


class UntoldTables(Connection):
    """Writes to `untold` and `audiences.untold_since`, inside the transactions of others."""

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

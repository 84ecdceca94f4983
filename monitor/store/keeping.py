"""Keeps the raw pages of a crawl, and lets it go on where the archive fails; which ones it does not decide."""

import hashlib
import logging
import sqlite3

from monitor.archived import PageKind
from monitor.errors import StoreError
from monitor.pages import PostValidators, RawPage
from monitor.store.archive import WithArchive
from monitor.store.revisions import RevisionTables, Visit

logger = logging.getLogger("zhaoshang")


class KeepingTables(RevisionTables, WithArchive):
    """Writes to the archive from within a transaction of the database."""

    _unkept: int | None = None  # the crawl that goes on without the archive

    def _keep(
        self,
        conn: sqlite3.Connection,
        page: RawPage,
        *,
        source_id: int,
        crawl_id: int,
        kind: PageKind,
        post_id: int | None = None,
    ) -> None:
        """Archive.keep() before the caller commits: what is recorded can be read again.

        An archive that is damaged, full or not ours must cost no post: it is told once, in the log and as an error of
        the crawl, which keeps no page from there on.
        """
        if self._unkept == crawl_id:
            return
        try:
            self.archive.keep(page, source_id=source_id, crawl_id=crawl_id, kind=kind, post_id=post_id)
        except StoreError as error:
            self._unkept = crawl_id
            reason = f"this crawl keeps no more pages: {error.what}; {error.todo}"
            logger.error("%s: %s", error.where, reason)  # noqa: TRY400 - one line for the user, no traceback
            self._note_error(conn, crawl_id, error.where, reason)

    def _keep_page(self, conn: sqlite3.Connection, visit: Visit, post_id: int, page: RawPage) -> None:
        """Keep the page that a post's text was read from, and remember which it is: it is what edits are told by.

        Not merely the newest one in the archive, which is committed first: after a crash between the two it holds a
        page whose text nobody has stored.
        """
        self._keep(conn, page, source_id=visit.source_id, crawl_id=visit.crawl_id, kind="post", post_id=post_id)
        digest = hashlib.sha256(page.body).hexdigest()
        conn.execute("UPDATE posts SET page_hash = ? WHERE id = ?", [digest, post_id])

    def _keep_validators(self, conn: sqlite3.Connection, post_id: int, found: PostValidators) -> None:
        """How a post's page was when it was read."""
        known = found.validators
        conn.execute(
            "INSERT INTO post_validators VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (post_id) DO UPDATE SET"
            " url = excluded.url, read_by = excluded.read_by, etag = excluded.etag,"
            " last_modified = excluded.last_modified, body_hash = excluded.body_hash",
            [post_id, found.url, found.read_by, known.etag, known.last_modified, known.body_hash],
        )

    def archived_page(self, post_id: int) -> RawPage | None:
        """The page that a post's text was read from; None when it was not kept, or is damaged."""
        if not self.has_archive:
            return None
        row = self._rows("SELECT page_hash FROM posts WHERE id = ?", post_id)[0]
        page = self.archive.page_of_post(post_id, row["page_hash"])
        return page.raw if page else None

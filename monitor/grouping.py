"""Reads facts and stories of every post that has none yet; where they go is decided in the store's transaction.

Whoever is about to tell of posts calls this first: it does what is left to do, which mostly is nothing. Cut short, it
loses nothing; several processes may do it at once.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from monitor.analysis import Analysis, analyse
from monitor.models import Post
from monitor.store import Store

_BATCH = 40  # posts a transaction: others wait for it no longer than for a page of a listing

Progress = Callable[[int, int], None]  # done, of how many

logger = logging.getLogger("zhaoshang")


def group_posts(store: Store, now: datetime, progress: Progress | None = None) -> int:
    """Give facts and a story to every complete post that has none, and facts anew to what was revised; how many.

    Raises StoreError as any use of the store. A post that cannot be read is told in the log, gets a story of its own
    without facts, and is counted in `zhaoshang status` and `doctor`.
    """
    done = 0
    total = store.ungrouped() if progress else 0
    while batch := store.ungrouped_posts(_BATCH):
        done += len(store.record_analyses([_read(one) for one in batch], now))
        if progress:
            progress(done, max(done, total))
    if done:
        logger.info("facts and stories of %d posts were read", done)
    return done


def reanalyse(store: Store, progress: Progress | None = None) -> int:
    """Read again every post that rules of another version read, or that could not be read; how many.

    Stories stay as they are. What was done is known by the versions that are stored, so it goes on where it was cut
    short.
    """
    done, last, total = 0, 0, store.stale()
    while batch := store.stale_posts(last, _BATCH):
        store.replace_analyses([_read(one) for one in batch])
        done, last = done + len(batch), batch[-1].id
        if progress:
            progress(done, max(done, total))
    return done


def _read(post: Post) -> Analysis:
    found = analyse(post)
    if found.problem:
        logger.error("post %d: its facts could not be read: %s", post.id, found.problem)
    return found

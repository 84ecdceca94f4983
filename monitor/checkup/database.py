"""Looks whether the database and the archive are sound; it neither makes nor migrates nor repairs them."""

from pathlib import Path

from monitor.checkup.finding import Finding, advice, failed, fine, wrong
from monitor.errors import StoreCorrupt, StoreError
from monitor.setup import DATABASE_NAME
from monitor.store.archive import ARCHIVE_NAME
from monitor.store.examined import Examined, ExaminedArchive, ExaminedStore

SUBJECT = "database"
ARCHIVE = "archive"
FACTS = "facts of posts"
# SQLite starts the log anew after 4 MB (1000 pages), unless somebody goes on reading an older state all the time; one
# transaction of ours is a page of a listing, or a raw page.
_LOG_BYTES = 64_000_000
_BUSY_SECONDS = 5.0  # no transaction of ours takes a tenth of it
_LEFT = (ARCHIVE_NAME, "digests/**/*", f"{DATABASE_NAME}.before-*")  # what no first start finds
_RESTORE = "stop the daemon and restore a backup, or the copy made before the last upgrade (*.before-m…)"


def database(path: Path, *, thorough: bool = False, busy_seconds: float = _BUSY_SECONDS) -> Finding:
    """Ours, of our schema, undamaged, not locked for long. Thorough: every page and index, every reference, the log."""
    if lost := lost_database(path):
        return wrong(SUBJECT, lost, f"{_RESTORE}; where there is none, move what is left away, to start anew")
    if not path.exists():
        return fine(SUBJECT, f"{path} will be made by the first crawl")
    try:
        with ExaminedStore(path, busy_seconds=busy_seconds) as store:
            found = _unsound(SUBJECT, store, thorough=thorough, todo=_RESTORE)
            behind = store.behind
            what = "of an older version, which the next start brings up to date" if behind else _posts(store)
    except StoreError as error:
        return failed(SUBJECT, error)
    return found or (_log(SUBJECT, path) if thorough else None) or fine(SUBJECT, f"{path}: {what}")


def facts(path: Path) -> Finding:
    """Whether the facts of every post could be read: where not, it is a mistake of ours."""
    if not path.exists():
        return fine(FACTS, "there are no posts yet")
    try:
        with ExaminedStore(path) as store:
            if store.behind:
                return advice(FACTS, "not looked at: the database is of an older version")
            without = store.unread_posts()
    except StoreError as error:
        return advice(FACTS, unread(error))
    if not without:
        return fine(FACTS, "read of every post that is complete")
    post_id, problem = without[0]
    return wrong(
        FACTS,
        f"of {len(without)} posts they could not be read, the first of them {post_id} ({problem})",
        "report it; after an upgrade run `zhaoshang reanalyse`",
    )


def lost_database(path: Path) -> str:
    """What tells that there was a database where there is none, or an empty file; else nothing."""
    if path.exists() and (not path.is_file() or path.stat().st_size):
        return ""
    found = (one for pattern in _LEFT for one in sorted(path.parent.glob(pattern)))
    left = [one for one in found if one.is_file() and one.stat().st_size]
    return f"{path} is {'empty' if path.exists() else 'missing'}, though there is {left[0]}" if left else ""


def unread(error: StoreError) -> str:
    """Why another check did not look into the database; what is wrong with it, the check of the database says."""
    damaged = isinstance(error, StoreCorrupt)
    return f"not looked at: the database {'is damaged' if damaged else 'cannot be read'}"


def archive(path: Path) -> Finding:
    """As `database`, for the raw pages."""
    if not path.exists():
        return fine(ARCHIVE, f"{path} will be made by the first crawl that keeps pages")
    todo = f"stop the daemon and move {path.name} away: only `zhaoshang replay` needs it; a new one is made"
    try:
        with ExaminedArchive(path) as pages:
            found = _unsound(ARCHIVE, pages, thorough=True, todo=todo)
            what = "of an older version" if pages.behind else f"{pages.pages()} pages"
    except StoreError as error:
        return failed(ARCHIVE, error)
    return found or _log(ARCHIVE, path) or fine(ARCHIVE, f"{path}: {what}")


def _unsound(subject: str, file: Examined, *, thorough: bool, todo: str) -> Finding | None:
    damage = file.damage() if thorough else file.integrity_problem()
    if damage:
        return wrong(subject, f"{file.path} is damaged: {damage}", todo)
    if not thorough:
        return None
    count, table = file.dangling()
    if count:
        return wrong(
            subject, f"{file.path}: {count} rows refer to what is not there, the first of them in {table}", todo
        )
    file.wait_for_writers()
    return None


def _log(subject: str, path: Path) -> Finding | None:
    """Looked at when our connection is closed: were it the last one, it has tidied up."""
    log = path.with_name(path.name + "-wal")
    size = log.stat().st_size if log.exists() else 0
    if size <= _LOG_BYTES:
        return None
    return wrong(
        subject,
        f"{log} has grown to {size / 1e6:.0f} MB: some process reads an old state of it and does not end",
        "restart the daemon, and end what else has it open",
    )


def _posts(store: ExaminedStore) -> str:
    return f"{store.summary().posts} posts"

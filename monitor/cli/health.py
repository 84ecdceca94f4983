"""How sources are, as the commands of `source` and `status` ask for it and put it down."""

from collections.abc import Mapping, Sequence

from monitor.cli.session import Session
from monitor.health.conditions import Health
from monitor.source_health import healths_of
from monitor.store import Store

_BLOCKS = "▁▂▃▄▅▆▇█"
_FAILED = "×"
_UNREAD = "·"  # completed, and not read: it had not changed


def current_healths(session: Session) -> Mapping[str, Health]:
    """How the configured sources are; nothing while there is no database."""
    if not session.setup.database.exists():
        return {}
    with Store(session.setup.database) as store:
        return healths_of(store, session.setup.config, session.now)


def health_record(health: Health | None) -> dict[str, object]:
    """The keys of a source's health; None for a source that is not configured."""
    trouble = health.trouble if health else None
    return {
        "state": health.state.value if health else None,
        "symptom": trouble.symptom.value if trouble else None,
        "detail": trouble.detail if trouble else None,
        "since": health.since.isoformat() if health and health.since else None,
        "crawls": health.crawls if health else 0,
    }


def sparkline(counts: Sequence[int | bool | None]) -> str:
    """Counts as blocks, each by its share of the largest; `·` for None, `×` for False."""
    largest = max((count for count in counts if count is not None and count is not False), default=0)
    return "".join(_block(count, largest) for count in counts)


def _block(count: int | bool | None, largest: int) -> str:
    if count is None or count is False:
        return _UNREAD if count is None else _FAILED
    return _BLOCKS[round(count / largest * (len(_BLOCKS) - 1))] if largest else _BLOCKS[0]

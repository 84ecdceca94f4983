"""The one narrow door to what is stored: use cases as methods, dataclasses in and out, no SQL beyond this package."""

from monitor.store.alerts import AlertTables
from monitor.store.bulletins import BulletinTables
from monitor.store.dead_letters import DeadLetterTables
from monitor.store.deliveries import DeliveryTables
from monitor.store.health import HealthTables
from monitor.store.histories import HistoryTables
from monitor.store.parts import PartTables
from monitor.store.posts import PostTables
from monitor.store.regrouping import RegroupTables
from monitor.store.replaying import ReplayTables
from monitor.store.visits import VisitTables

__all__ = ["Store"]


class Store(
    VisitTables,
    ReplayTables,
    PostTables,
    HistoryTables,
    BulletinTables,
    DeliveryTables,
    PartTables,
    HealthTables,
    AlertTables,
    DeadLetterTables,
    RegroupTables,
):
    """Everything that is remembered, in one SQLite file.

    Open it in the thread that uses it, and use it as a context manager. Any method may raise StoreLocked,
    StoreCorrupt or StoreError.
    """

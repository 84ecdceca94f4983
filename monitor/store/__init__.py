"""The one narrow door to what is stored: use cases as methods, dataclasses in and out, no SQL beyond this package."""

from monitor.store.deliveries import DeliveryTables
from monitor.store.digests import DigestTables
from monitor.store.posts import PostTables
from monitor.store.replaying import ReplayTables

__all__ = ["Store"]


class Store(ReplayTables, PostTables, DigestTables, DeliveryTables):
    """Everything that is remembered, in one SQLite file.

    Open it in the thread that uses it, and use it as a context manager. Any method may raise StoreLocked,
    StoreCorrupt or StoreError.
    """

"""Freezes a digest: material in, content, entries and outbox rows out; it opens no channel and sends nothing."""

from datetime import datetime

from digests.build import build
from digests.content import Digest, from_json, to_json
from digests.ranking import Interest, interest_in, no_interest
from digests.selection import select
from digests.sources import source_healths
from digests.targets import targets_of
from monitor.announcing import Composition, DigestMaterial, FrozenDigest
from monitor.config import AudienceConfig, Config, FileChannelConfig
from monitor.grouping import group_posts
from monitor.schedule import DueDigest
from monitor.setup import Setup
from monitor.store import Store


class _UngroupedPosts(Exception):
    """Raised inside the transaction that freezes: a post has come that is in no story yet."""


def freeze(
    store: Store, setup: Setup, audience: AudienceConfig, due: DueDigest, *, latest: bool, now: datetime
) -> FrozenDigest:
    """Freeze the digest of a due period for an audience, or return the one that was frozen before.

    After downtime several periods are due. All go to the file channel; the others get the `latest` only, which names
    the rest, unless the setting `digest.missed` is "all". No post is told before it was grouped: when one has come
    meanwhile, nothing is frozen, it is grouped, and the digest is frozen again.
    """
    config = setup.config
    database_id = store.database_id()
    everywhere = latest or config.digest.missed == "all"
    files = {name for name, channel in config.channels.items() if isinstance(channel, FileChannelConfig)}

    def compose(material: DigestMaterial) -> Composition:
        if store.ungrouped():
            raise _UngroupedPosts
        selection = select(material, config.rules, config.zone, audience.filter)
        healths = source_healths(store, config, material.sources, now, preview=False)
        digest = build(
            *(material, selection, healths),
            rules=config.rules,
            preview=False,
            now=now,
            zone=config.zone,
            interest=interest_of(audience),
            language=audience.language,
        )
        held_back: bool | None = not everywhere and any(name not in files for name in audience.channels)
        if digest.is_empty and not digest.backfilled and not digest.missed and not audience.send_empty:
            return Composition(
                to_json(digest), selection.records(material.off_label), (), material.changed, held_back=None
            )
        channels = [name for name in audience.channels if everywhere or name in files]
        targets = tuple(targets_of(channels, config, database_id, audience.name, digest.period.key))
        return Composition(
            to_json(digest), selection.records(material.off_label), targets, material.changed, held_back=held_back
        )

    while True:
        try:
            return store.freeze_digest(
                audience.name,
                due.period,
                due_at=due.due_at,
                now=now,
                zone=config.zone,
                rules=config.rules,
                sources=sources_of(audience, config),
                compose=compose,
                alert_rules=config.rules_of(audience.name),
                latest=latest,
                visits=config.changes.rules,
                schedule=str(audience.due),
            )
        except _UngroupedPosts:
            group_posts(store, now)


def interest_of(audience: AudienceConfig) -> Interest:
    """What lifts a story for this audience: the words that it named, those of its filter among them."""
    words = tuple(dict.fromkeys((*audience.interests, *audience.keywords)))
    return interest_in(words) if words else no_interest


def sources_of(audience: AudienceConfig, config: Config) -> list[str]:
    """The sources that an audience hears of."""
    return [source.name for source in config.source if not audience.sources or source.name in audience.sources]


def content_of(frozen: FrozenDigest) -> Digest:
    """The content of a frozen digest."""
    return from_json(frozen.content)

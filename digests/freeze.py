"""Freezes a digest: material in, content, entries and outbox rows out; it opens no channel and sends nothing."""

from datetime import datetime

from digests.build import build, select
from digests.channels.email import message_id
from digests.content import Digest, from_json, to_json
from digests.sources import paused_sources, source_troubles
from monitor.config import AudienceConfig, EmailChannelConfig
from monitor.models import Composition, DigestMaterial, FrozenDigest, Target
from monitor.schedule import DueDigest
from monitor.setup import Setup
from monitor.store import Store


def freeze(
    store: Store, setup: Setup, audience: AudienceConfig, due: DueDigest, *, latest: bool, now: datetime
) -> FrozenDigest:
    """Freeze the digest of a due period for an audience, or return the one that was frozen before.

    After downtime several periods are due. All go to the file channel; the others get the `latest` only, which names
    the rest, unless the setting `digest.missed` is "all".
    """
    config = setup.config
    database_id = store.database_id()
    everywhere = latest or config.digest.missed == "all"
    mails = {name for name, channel in config.channels.items() if isinstance(channel, EmailChannelConfig)}

    def compose(material: DigestMaterial) -> Composition:
        selection = select(material, config.rules, config.zone)
        troubles = source_troubles(material.sources, config, now, preview=False)
        digest = build(
            material,
            selection,
            troubles,
            rules=config.rules,
            preview=False,
            now=now,
            zone=config.zone,
            paused=paused_sources(config),
        )
        held_back: bool | None = not everywhere and any(name in mails for name in audience.channels)
        if digest.is_empty and not digest.backfilled and not digest.missed and not audience.send_empty:
            return Composition(to_json(digest), selection.records(material.off_label), (), held_back=None)
        targets = _targets(digest, everywhere=everywhere)
        return Composition(to_json(digest), selection.records(material.off_label), targets, held_back=held_back)

    def _targets(digest: Digest, *, everywhere: bool) -> tuple[Target, ...]:
        targets: list[Target] = []
        for name in dict.fromkeys(audience.channels):
            channel = config.channels[name]
            if isinstance(channel, EmailChannelConfig):
                if not everywhere:
                    continue
                key = digest.period.key
                targets += [
                    Target(name, address, message_id(database_id, audience.name, key, address, channel.sender))
                    for address in dict.fromkeys(channel.recipients)
                ]
            else:
                targets.append(Target(name, "", ""))
        return tuple(targets)

    return store.freeze_digest(
        audience.name,
        due.period,
        due_at=due.due_at,
        now=now,
        zone=config.zone,
        rules=config.rules,
        sources=[source.name for source in config.source],
        compose=compose,
    )


def content_of(frozen: FrozenDigest) -> Digest:
    """The content of a frozen digest."""
    return from_json(frozen.content)

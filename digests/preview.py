"""Shows what a period would be for an audience as its configuration is now; it changes nothing that is stored."""

from datetime import datetime

from digests.build import build_preview
from digests.content import Digest
from digests.freeze import interest_of, sources_of
from digests.sources import source_healths
from monitor.announcing import Period
from monitor.config import AudienceConfig
from monitor.setup import Setup
from monitor.store import Store


def preview_digest(store: Store, setup: Setup, audience: AudienceConfig, period: Period, now: datetime) -> Digest:
    """Every wanted post that is dated in the period, told or not; whoever calls has grouped the posts."""
    config = setup.config
    material = store.preview_material(
        audience.name, period, now, sources_of(audience, config), config.zone, config.rules_of(audience.name)
    )
    healths = source_healths(store, config, material.sources, now, preview=True)
    return build_preview(
        *(material, healths, config.rules, now, config.zone),
        wanted=audience.filter,
        interest=interest_of(audience),
        language=audience.language,
    )

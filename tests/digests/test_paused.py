"""A source that its user has paused: neither well nor troubled, and told as paused."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from digests.build import build
from digests.content import Digest, SourceLine, from_json, to_json
from digests.render import render, subject
from digests.selection import select
from monitor.announcing import AnnounceRules, Audience, DigestMaterial
from monitor.health.conditions import Health, State, Symptom, Trouble
from monitor.models import Source, SourceState
from monitor.periods import parse_period

HEALTHS = {
    "zhanjiang": Health(State.PAUSED),
    "guangdong": Health(State.SUSPICIOUS, Trouble(Symptom.NEVER_CRAWLED)),
}


@pytest.fixture
def told(now: datetime, zone: ZoneInfo) -> Digest:
    """A digest over two sources that were never crawled, one of them paused."""
    states = tuple(
        SourceState(Source(n, name, f"http://{name}.example/", name, now, True), 0, 0, None, None)
        for n, name in enumerate(("zhanjiang", "guangdong"), 1)
    )
    material = DigestMaterial(Audience(1, "everyone", now), parse_period("2025-W29"), (), frozenset(), (), states)
    rules = AnnounceRules()
    return build(
        material,
        select(material, rules, zone),
        HEALTHS,
        rules=rules,
        preview=False,
        now=now,
        zone=zone,
    )


def test_a_paused_source_has_no_trouble_and_is_counted_apart(told: Digest) -> None:
    assert [(line.name, line.paused, line.ok, line.trouble) for line in told.sources] == [
        ("zhanjiang", True, True, None),
        ("guangdong", False, False, "尚未抓取"),
    ]
    assert (told.paused, told.troubled) == (1, 1)
    assert "1 个来源异常" in subject(told)
    assert from_json(to_json(told)) == told


@pytest.mark.parametrize("form", ["md", "html"])
def test_the_source_section_says_paused_and_not_troubled(told: Digest, form: str) -> None:
    text = render(told, form)
    assert "zhanjiang：已暂停" in text
    assert "来源 0/1 正常 · 已暂停 1 个来源" in text
    assert "guangdong：" in text
    assert "尚未抓取" in text
    awake = replace(told.sources[0], paused=False, state=State.HEALTHY)
    nobody = replace(told, sources=(awake, told.sources[1]))
    assert "已暂停" not in render(nobody, form)


def test_a_digest_that_was_frozen_before_sources_could_be_paused_reads_as_it_was(told: Digest) -> None:
    old = replace(told, sources=(SourceLine("a", "甲", True, 1, 0, 0, None, 0, None, None),))
    text = to_json(old)
    assert ',"paused":false' in text
    assert from_json(text.replace(',"paused":false', "")) == old

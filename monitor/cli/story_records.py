"""Stories and facts as plain records, for --json and for exports; it reads nothing from the store."""

from monitor.facts.findings import Facts
from monitor.side_by_side import aspects, day_of, flags_of, place_of, stage_of
from monitor.store.fact_rows import as_record
from monitor.storied import Member, Story

# What a spreadsheet gets of the facts, a column each.
FLAT_FACTS = (
    "place_code", "place_name", "stage", "industries", "investments_yuan", "event_date", "recycled", "edition",
    "parties", "quantities",
)  # fmt: skip


def story_record(one: Story) -> dict[str, object]:
    """A story with its members, what agrees and what conflicts, and its ties."""
    return {
        "story": one.id,
        "title": one.members[0].post.title,
        "founded_at": one.founded_at.isoformat(),
        "place": place_of(one) or None,
        "stage": stage_of(one).value,
        "posts": len(one.members),
        "first_seen": min(member.post.effective_on for member in one.members).isoformat(),
        "years": list(one.years),
        "flags": list(flags_of(one)),
        "members": [_member_record(member) for member in one.members],
        "agree": {aspect.name: aspect.values[0][0] for aspect in aspects(one) if aspect.agree},
        "conflict": {
            aspect.name: [{"value": value, "posts": list(posts)} for value, posts in aspect.values]
            for aspect in aspects(one)
            if not aspect.agree
        },
        "links": [
            {
                "story": link.story,
                "tie": link.tie.value,
                "title": link.title,
                "post": link.post_id,
                "other_post": link.other_post_id,
                "score": round(link.score, 4),
                "reasons": list(link.reasons),
            }
            for link in one.links
        ],
    }


def flat_facts(facts: Facts | None) -> dict[str, object]:
    """The columns of FLAT_FACTS; empty where nothing was read."""
    if facts is None:
        return dict.fromkeys(FLAT_FACTS)
    return {
        "place_code": facts.place.code if facts.place else None,
        "place_name": facts.place.name if facts.place else None,
        "stage": facts.stage.value,
        "industries": "、".join(facts.industries),
        "investments_yuan": " ".join(map(str, facts.investments)),
        "event_date": day_of(facts.event_date) or None,
        "recycled": int(facts.recycled),
        "edition": facts.edition,
        "parties": "、".join(one.name for one in facts.parties),
        "quantities": "、".join(f"{one.value:.10g}{one.unit}" for one in facts.quantities),
    }


def _member_record(one: Member) -> dict[str, object]:
    post = one.post
    return {
        "post": post.id,
        "source": post.source_name,
        "title": post.title,
        "url": post.url,
        "published_on": post.published_on.isoformat() if post.published_on else None,
        "effective_on": post.effective_on.isoformat(),
        "tie": one.tie.value if one.tie else None,
        "with_post": one.with_post,
        "score": round(one.score, 4),
        "reasons": list(one.reasons),
        "facts": as_record(one.facts),
    }

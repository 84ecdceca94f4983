"""Puts a post's facts together; the place is given to it, and what each fact is stands in the module of that fact."""

from datetime import date

from monitor.facts.event_date import read_edition, read_event_date
from monitor.facts.findings import Facts, Place
from monitor.facts.industry import read_industries
from monitor.facts.money import read_money
from monitor.facts.parties import read_parties
from monitor.facts.passage import passage_of
from monitor.facts.quantities import read_quantities
from monitor.facts.stage import read_stage

VERSION = 3  # raised when facts are read otherwise: `zhaoshang reanalyse` then reads stored posts again


def read_facts(title: str, body: str, published: date | None, *, place: Place | None = None) -> Facts:
    """All facts of a post. Whatever the text is, this answers with what is certain in it and raises nothing."""
    post = passage_of(title, body)
    stage, stage_words = read_stage(post)
    event_date = read_event_date(post, published, stage)
    return Facts(
        place=place,
        money=read_money(post, stage),
        quantities=read_quantities(post),
        stage=stage,
        stage_words=stage_words,
        industries=read_industries(post),
        parties=read_parties(post),
        event_date=event_date,
        recycled=event_date is not None and published is not None and event_date.year < published.year,
        edition=read_edition(post),
        published=published,
    )

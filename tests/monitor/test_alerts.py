"""When the operator hears of a source: on a change that has held, once, and again when it is well."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.health.alerts import decide_alert, is_failing
from monitor.health.conditions import Alert, AlertKind, Health, HealthRules, State, Symptom, Trouble

NOW = datetime(2025, 7, 21, tzinfo=UTC)
RULES = HealthRules(alert_after=3)
WELL = (State.HEALTHY, State.QUIET)
NOT_WELL = (State.SUSPICIOUS, State.BROKEN, State.BLOCKED, State.UNREACHABLE)
TROUBLE, RECOVERY = AlertKind.TROUBLE, AlertKind.RECOVERY


def health(state: State, crawls: int = 3, symptom: Symptom = Symptom.OTHER) -> Health:
    return Health(state, None if state in WELL else Trouble(symptom), NOW, crawls)


def told(kind: AlertKind, state: State) -> Alert:
    return Alert(1, "zj", "湛江", NOW, kind, health(state), "HTTP 503")


@pytest.mark.parametrize("state", NOT_WELL)
@pytest.mark.parametrize("last", [None, told(RECOVERY, State.HEALTHY), told(RECOVERY, State.QUIET)])
def test_trouble_is_told_once_it_has_held(state: State, last: Alert | None) -> None:
    decided = [decide_alert(health(state, crawls), last, RULES) for crawls in (0, 1, 2, 3, 4)]
    assert decided == [None, None, None, TROUBLE, TROUBLE]
    assert decide_alert(health(state, 1), last, HealthRules(alert_after=1)) is TROUBLE


@pytest.mark.parametrize("state", NOT_WELL)
def test_the_same_trouble_is_told_once(state: State) -> None:
    assert decide_alert(health(state, 100), told(TROUBLE, state), RULES) is None
    other = replace(health(state, 100), trouble=Trouble(Symptom.SERVER_ERROR, "HTTP 500"))
    assert decide_alert(other, told(TROUBLE, state), RULES) is None


def test_trouble_that_becomes_another_is_told_when_that_has_held() -> None:
    last = told(TROUBLE, State.UNREACHABLE)
    assert decide_alert(health(State.BROKEN, 2), last, RULES) is None
    assert decide_alert(health(State.BROKEN, 3), last, RULES) is TROUBLE


def test_a_source_that_alternates_between_two_troubles_makes_no_storm() -> None:
    last = told(TROUBLE, State.UNREACHABLE)
    for crawl in range(50):
        state = (State.BROKEN, State.UNREACHABLE)[crawl % 2]
        assert decide_alert(health(state, 1), last, RULES) is None


@pytest.mark.parametrize("state", WELL)
def test_recovery_is_told_at_once_and_only_after_trouble(state: State) -> None:
    assert decide_alert(health(state, 1), told(TROUBLE, State.BROKEN), RULES) is RECOVERY
    assert decide_alert(health(state, 1), told(RECOVERY, State.HEALTHY), RULES) is None
    assert decide_alert(health(state, 100), None, RULES) is None


@pytest.mark.parametrize("last", [None, told(TROUBLE, State.BROKEN), told(RECOVERY, State.HEALTHY)])
def test_of_a_paused_source_nothing_is_told(last: Alert | None) -> None:
    assert decide_alert(Health(State.PAUSED, crawls=100), last, RULES) is None


def test_a_source_without_crawls_is_told_at_once_when_it_missed_its_turns() -> None:
    silent = health(State.BROKEN, 0, Symptom.SILENT)
    assert decide_alert(silent, None, RULES) is TROUBLE
    assert decide_alert(silent, told(TROUBLE, State.UNREACHABLE), RULES) is TROUBLE
    assert decide_alert(silent, told(TROUBLE, State.BROKEN), RULES) is None
    never = health(State.BROKEN, 0, Symptom.NEVER_CRAWLED)
    assert decide_alert(never, None, RULES) is None  # it was added a moment ago


def test_a_source_fails_when_its_trouble_has_held_or_was_told() -> None:
    assert not is_failing(health(State.BROKEN, 2), None, RULES)
    assert is_failing(health(State.BROKEN, 3), None, RULES)
    assert is_failing(health(State.BROKEN, 1), told(TROUBLE, State.UNREACHABLE), RULES)
    assert not is_failing(health(State.BROKEN, 1), told(RECOVERY, State.HEALTHY), RULES)
    assert not is_failing(health(State.HEALTHY), told(TROUBLE, State.UNREACHABLE), RULES)
    assert not is_failing(health(State.PAUSED), told(TROUBLE, State.UNREACHABLE), RULES)


@given(
    states=st.lists(st.sampled_from([*State, "silent"]), max_size=60),
    after=st.integers(1, 4),
)
def test_whatever_becomes_of_a_source_no_word_is_said_twice_and_trouble_ends_in_recovery(
    states: list[State | str], after: int
) -> None:
    rules = HealthRules(after)
    words: list[Alert] = []
    crawls, before = 0, None
    for number, state in enumerate(states):
        crawls, before = (crawls + 1 if state == before else 1), state
        seen = health(State.BROKEN, 0, Symptom.SILENT) if state == "silent" else health(State(state), crawls)
        last = words[-1] if words else None
        kind = decide_alert(seen, last, rules)
        if kind is not None:
            words.append(Alert(number, "zj", "湛江", NOW, kind, seen, ""))
        last = words[-1] if words else None
        if seen.state in WELL:
            assert last is None or last.kind is RECOVERY
        if not seen.is_well and (crawls >= after or state == "silent"):
            assert last is not None
            assert (last.kind, last.health.state) == (TROUBLE, seen.state)
    for one, two in pairwise(words):
        assert (one.kind, one.health.state) != (two.kind, two.health.state)
        assert {one.kind, two.kind} != {RECOVERY}
    assert not words or words[0].kind is TROUBLE

"""Decides when the operator hears of a source; pure, from how it is, what they were told last, and the rules."""

from monitor.health.conditions import Alert, AlertKind, Health, HealthRules, State, Symptom


def decide_alert(health: Health, last: Alert | None, rules: HealthRules) -> AlertKind | None:
    """What there is to tell the operator of a source now; None when they know it, or it has not held long enough.

    `last` is the last alert of the source. Trouble is told once it has held, and again only when it is of another
    state; that the source is well again is told at once, and only to those who heard of trouble. Of a paused source
    nothing is told: when it is resumed, the last word on it still stands.
    """
    if health.state is State.PAUSED:
        return None
    told = last is not None and last.kind is AlertKind.TROUBLE
    if health.is_well:
        return AlertKind.RECOVERY if told else None
    if last is not None and told and last.health.state is health.state:
        return None
    return AlertKind.TROUBLE if has_held(health, rules) else None


def is_failing(health: Health, last: Alert | None, rules: HealthRules) -> bool:
    """Whether a source counts as failing: it is not well, and has been for long enough, or the operator was told."""
    return not health.is_well and (has_held(health, rules) or (last is not None and last.kind is AlertKind.TROUBLE))


def has_held(health: Health, rules: HealthRules) -> bool:
    """Whether a state is more than a passing one.

    Where crawls do not even take place there is none to wait for, and `silent` means several missed turns already.
    """
    silent = health.trouble is not None and health.trouble.symptom is Symptom.SILENT
    return silent or health.crawls >= rules.alert_after

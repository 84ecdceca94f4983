"""`[changes]` and `[operator]`: when known posts are looked at again, and who hears of sources that are not well."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import Field, field_validator

from monitor.config.fields import Duration, Name, Table, Timeout
from monitor.health.conditions import HealthRules
from monitor.visits import VisitRules

_LOCAL_ADDRESS = re.compile(r"(\[[0-9a-fA-F:.]+\]|[\w.-]+):(\d{1,5})")
_USUAL = VisitRules()


class ChangesConfig(Table):
    """`[changes]`: the visits that find edits and withdrawals."""

    visit_after: tuple[Timeout, ...] = _USUAL.after
    visit_every: Timeout = _USUAL.every
    visit_until: Duration = _USUAL.until
    visits_a_day: int = Field(_USUAL.a_day, ge=0, le=10_000)
    withdraw_after: Timeout = _USUAL.withdraw_after

    @field_validator("visit_after")
    @classmethod
    def _rising(cls, value: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
        if list(value) != sorted(set(value)):
            raise ValueError('each must be longer than the one before, such as ["1d", "3d", "7d"]')
        return value

    @property
    def rules(self) -> VisitRules:
        """When posts are looked at again."""
        return VisitRules(self.visit_after, self.visit_every, self.visit_until, self.visits_a_day, self.withdraw_after)


class OperatorConfig(Table):
    """`[operator]`: who keeps this running, and how they hear that something does not."""

    channels: tuple[Name, ...] = ()
    alert_after: Annotated[int, Field(ge=1, le=100)] = HealthRules().alert_after
    healthz: str = ""

    @field_validator("healthz")
    @classmethod
    def _an_address(cls, value: str) -> str:
        found = _LOCAL_ADDRESS.fullmatch(value)
        if value and (found is None or not 0 < int(found[2]) < 65536):  # noqa: PLR2004 - TCP's ports
            raise ValueError(f"{value!r} is no address to listen on; write one such as 127.0.0.1:8765")
        return value

    @property
    def rules(self) -> HealthRules:
        """What the judge of sources follows."""
        return HealthRules(self.alert_after)

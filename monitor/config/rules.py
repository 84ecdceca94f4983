"""`[[rule]]`: what cannot wait for the digest, and whom it may disturb when; it alerts nobody."""

from pydantic import Field, field_validator

from monitor.config.filters import FilterTable
from monitor.quiet_hours import QuietHours, parse_quiet_hours


class RuleConfig(FilterTable):
    """One `[[rule]]`. Without `audience` it is the first one's, without `channels` it uses those of its audience."""

    audience: str = ""
    channels: tuple[str, ...] = ()
    quiet: str = ""
    at_most: int = Field(10, ge=1)

    @field_validator("quiet")
    @classmethod
    def _hours_read(cls, value: str) -> str:
        if value:
            parse_quiet_hours(value)
        return value

    @property
    def quiet_hours(self) -> QuietHours | None:
        """When it keeps still; None: never."""
        return parse_quiet_hours(self.quiet) if self.quiet else None

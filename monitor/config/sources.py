"""`[crawl]` and `[[source]]`: what is watched, and how it is fetched; it fetches nothing."""

from datetime import timedelta
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator, model_validator

from monitor.config.fields import Duration, Line, Name, Proxy, Table, Timeout
from monitor.config.selectors import check_selector
from monitor.models import SourceSpec
from monitor.pages import Selection
from monitor.schedule import CrawlSchedule, parse_clock
from monitor.text import LabelPattern


class CrawlConfig(Table):
    """`[crawl]`: how sources are fetched."""

    delay: float = Field(1.0, ge=0, le=3600)
    timeout: Timeout = timedelta(minutes=30)
    parallel: int = Field(2, ge=1, le=16)
    contact: Line = ""
    max_response_mb: int = Field(8, ge=1, le=512)
    max_requests: int = Field(5000, ge=1)
    keep_pages: Duration = timedelta(days=365)


class SelectConfig(Table):
    """`[source.select]`: where the fields stand, for the rare site; each key as in monitor.pages.Selection."""

    records: str = ""
    title: str = ""
    url: str = ""
    date: str = ""
    summary: str = ""
    body: str = ""
    next_page: str = ""
    post_title: str = ""
    post_body: str = ""
    post_date: str = ""
    post_origin: str = ""

    @field_validator("*")
    @classmethod
    def _can_be_asked(cls, value: str, info: ValidationInfo) -> str:
        if value:  # a post's own page is HTML whatever was sent, see crawler.extract.article.json_page
            check_selector(value, jmespath=not str(info.field_name).startswith("post_"))
        return value


class SourceConfig(Table):
    """One `[[source]]`."""

    name: Name
    url: Annotated[str, Field(min_length=1)]
    title: Line = ""
    label: str = "【…招商】"
    every: Duration | None = None
    at: tuple[str, ...] = ()
    jitter: Duration = timedelta(minutes=2)
    max_pages: int = Field(10, ge=1, le=1000)
    renamed_from: Name | None = None
    paused: bool = False
    render: bool = False
    proxy: Proxy = ""
    verify_tls: bool = True
    allow_private: bool = False
    select: SelectConfig = SelectConfig()

    @field_validator("label")
    @classmethod
    def _label_is_a_pattern(cls, value: str) -> str:
        LabelPattern.parse(value)
        return value

    @field_validator("at")
    @classmethod
    def _at_are_times(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for clock in value:
            parse_clock(clock)
        return value

    @field_validator("every")
    @classmethod
    def _not_too_often(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and value < timedelta(seconds=10):
            raise ValueError('the shortest interval is "10s"')
        return value

    @model_validator(mode="after")
    def _one_schedule(self) -> Self:
        if self.every is not None and self.at:
            raise ValueError("every and at exclude each other; keep one")
        return self

    @property
    def selection(self) -> Selection:
        """What `[source.select]` says, for the extractor."""
        return Selection(**self.select.model_dump())

    @property
    def is_file(self) -> bool:
        """Whether the source is a local file."""
        return urlsplit(self.url).scheme == "file"

    @property
    def pattern(self) -> LabelPattern:
        """The label pattern, ready to match."""
        return LabelPattern.parse(self.label)

    @property
    def schedule(self) -> CrawlSchedule:
        """When the source falls due; every six hours unless the table says otherwise."""
        every = self.every if self.every or self.at else timedelta(hours=6)
        return CrawlSchedule(every, tuple(parse_clock(clock) for clock in self.at), self.jitter)

    @property
    def spec(self) -> SourceSpec:
        """What the store must know of it."""
        return SourceSpec(self.name, self.url, self.title or self.name, self.renamed_from)

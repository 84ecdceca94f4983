"""The one tree of errors that a user can cause; it holds words, and does nothing about them.

Each error is one line: what happened, where, and what to do. The command line prints it as it is.
"""


class ZhaoshangError(Exception):
    """Base of all errors that are shown to the user as one line, without a traceback."""

    def __init__(self, what: str, *, where: str = "", todo: str = "") -> None:
        self.what = what
        self.where = where
        self.todo = todo
        super().__init__(what, where, todo)

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        text = f"{text}; {self.todo}" if self.todo else text
        return " ".join(text.split())


class ConfigError(ZhaoshangError):
    """A key or value in zhaoshang.toml (or a flag) that cannot be used. Raised by monitor.setup and the commands."""


class SecretError(ZhaoshangError):
    """A password that is missing, or in a file that others can read. Raised by monitor.secrets."""


class PeriodError(ZhaoshangError):
    """A period that is none, such as 2025-W60. Raised by monitor.periods."""


class SourceError(ZhaoshangError):
    """A source that is not configured. Raised by monitor.setup and the spider loader."""


class AudienceError(ZhaoshangError):
    """An audience that is not configured. Raised by monitor.setup."""


class StoreError(ZhaoshangError):
    """The database cannot be used. Raised by monitor.store; the subclasses say why."""


class StoreMissing(StoreError):
    """There is no database yet, and the command only reads."""


class ForeignDatabase(StoreError):
    """The file exists and is not ours, or is of a newer schema; it was left untouched."""


class StoreLocked(StoreError):
    """Another process kept the database locked for longer than the busy timeout."""


class StoreCorrupt(StoreError):
    """SQLite says that the file is damaged."""


class CrawlRunning(ZhaoshangError):
    """Another process is crawling the same source. Raised by monitor.locks."""


class DaemonRunning(ZhaoshangError):
    """Another daemon works in the same data directory. Raised by monitor.locks."""


class TemplateError(ZhaoshangError):
    """A template of the user's own that cannot be filled. Raised by digests.own_templates."""


class DeliveryError(ZhaoshangError):
    """A channel could not hand over a digest. Raised by digests.channels.

    `handed_over` is True when the content may have arrived although no answer came: a repeat is then possible.
    `permanent` is True when trying again is of no use until somebody mends something. `wait` is how long the other side
    wants to be left alone, in seconds.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        todo: str = "",
        handed_over: bool = False,
        permanent: bool = False,
        wait: float = 0.0,
    ) -> None:
        super().__init__(what, where=where, todo=todo)
        self.handed_over = handed_over
        self.permanent = permanent
        self.wait = wait


class PdfError(DeliveryError):
    """No PDF could be made of a digest: something is missing on this machine. Raised by digests.pdf."""


class UnknownDelivery(ZhaoshangError):
    """There is no delivery of that number. Raised by monitor.store."""


class UnknownPost(ZhaoshangError):
    """There is no such post, or no such revision of it, or several fit. Raised by monitor.store and the commands."""


class UnknownStory(ZhaoshangError):
    """There is no such story, or a post that is named is none of its members. Raised by monitor.store."""

"""What one look came to: fine, wrong, or worth a word; how findings are shown and counted, others decide."""

from dataclasses import dataclass

from monitor.errors import ZhaoshangError


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. `ok` is None for advice and for what does not apply; `todo` says what to do, if anything."""

    subject: str
    ok: bool | None
    words: str
    todo: str = ""

    @property
    def line(self) -> str:
        """As it is shown: `OK  …`, `!!  …; what to do`, `--  …`."""
        mark = {True: "OK", False: "!!", None: "--"}[self.ok]
        named = self.words if self.words.startswith(self.subject) else f"{self.subject}: {self.words}"
        return f"{mark}  {' '.join(named.split())}" + (f"; {' '.join(self.todo.split())}" if self.todo else "")


def fine(subject: str, words: str) -> Finding:
    """As it should be."""
    return Finding(subject, True, words)


def wrong(subject: str, words: str, todo: str) -> Finding:
    """Not as it should be, and what to do."""
    return Finding(subject, False, words, todo)


def advice(subject: str, words: str, todo: str = "") -> Finding:
    """Worth knowing, or not to be looked at here; nothing is wrong."""
    return Finding(subject, None, words, todo)


def failed(subject: str, error: ZhaoshangError | OSError) -> Finding:
    """An error that the look itself ended with."""
    if isinstance(error, ZhaoshangError):
        return wrong(subject, f"{error.where}: {error.what}" if error.where else error.what, error.todo)
    where = f"{error.filename}: " if error.filename else ""
    return wrong(subject, f"{where}{error.strerror or error}", "check the folder and its rights")

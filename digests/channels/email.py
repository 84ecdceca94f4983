"""The email channel: one conversation with an SMTP server for each mail; when to try again is the outbox's business."""

import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import getaddresses, parseaddr

from digests.channels.mail_headers import message_id
from digests.channels.mail_message import build_message
from digests.channels.mail_refusals import CLOSING, GO_ON, TAKEN, Answer, is_permanent
from digests.channels.redacting import without_secrets
from digests.content import Digest
from digests.notice import Notice
from digests.published import page_in
from monitor.announcing import Delivery, Refused
from monitor.config import EmailChannelConfig
from monitor.errors import DeliveryError, SecretError

__all__ = ["EmailChannel", "build_message", "message_id"]

_DOT_AT_START = re.compile(rb"(?m)^\.")


class EmailChannel:
    """Sends over STARTTLS, TLS or plain SMTP, with or without log-in."""

    def __init__(self, name: str, config: EmailChannelConfig, published: Mapping[str, str] | None = None) -> None:
        self._config = config
        self._published = published or {}
        self._where = f"channel {name} ({config.host}:{config.effective_port})"

    def send(self, delivery: Delivery, message: Digest | Notice, now: datetime) -> Sequence[Refused]:
        """Hand the mail to the server, and return the recipients that it refused while it took the mail for others.

        Raises DeliveryError or SecretError: nobody was taken.
        """
        folder = self._published.get(delivery.audience, "")
        people = {address: name for name, address in getaddresses([delivery.recipient]) if address}
        if not people:
            raise self._error(f"{delivery.recipient!r} is no mail address", permanent=True)
        try:
            mail = build_message(self._config, delivery, message, now, page_in(folder, delivery.period_key)).as_bytes()
        except (ValueError, MessageError) as error:
            raise self._error(f"cannot write a mail to {delivery.recipient}: {error}") from error
        smtp = self._connect()
        try:
            refused = self._address_it(smtp, list(people), len(mail))
            self._hand_over(smtp, mail)
        finally:
            _quit(smtp)
        return tuple(
            Refused(
                str(Address(people[address], addr_spec=address)),
                str(self._refusal(f"refused {address}", answer)),
                permanent=is_permanent(answer, recipient=True),
            )
            for address, answer in refused.items()
        )

    def check(self, *, offline: bool = False) -> str:
        """Connect and log in without sending anything (offline: read the password alone), and say what came of it.

        Raises DeliveryError or SecretError.
        """
        config = self._config
        server = f"{config.host}:{config.effective_port}"
        if offline:
            config.password()
            return f"{server} (not connected)"
        _quit(self._connect())
        return f"{server} lets us in{' as ' + config.username if config.username else ''}"

    # -- the conversation ----------------------------------------------------------------------------------------------

    def _connect(self) -> smtplib.SMTP:
        config = self._config
        password = config.password()
        timeout = config.timeout.total_seconds()
        try:
            if config.security == "tls":
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    config.host, config.effective_port, timeout=timeout, context=ssl.create_default_context()
                )
            else:
                smtp = smtplib.SMTP(config.host, config.effective_port, timeout=timeout)
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise self._error(f"cannot be reached: {_words(error)}") from error
        try:
            if config.security == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            if config.username and password:
                smtp.login(config.username, password)
        except smtplib.SMTPAuthenticationError as error:
            _quit(smtp)
            # Not "from error": some servers repeat what they were sent.
            raise self._error(f"refused the log-in of {config.username}: code {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            _quit(smtp)
            raise self._error(f"did not let us in: {_words(error)}") from error
        return smtp

    def _address_it(self, smtp: smtplib.SMTP, recipients: Sequence[str], size: int) -> dict[str, Answer]:
        """Say from whom and to whom; returns whom the server does not take, when it takes others."""
        refused: dict[str, Answer] = {}
        with self._told("broke off before it took the mail"):
            smtp.ehlo_or_helo_if_needed()
            options = [f"size={size}"] if smtp.has_extn("size") else []
            self._expect(TAKEN, Answer.of(*smtp.mail(parseaddr(self._config.sender)[1], options)))
            for recipient in recipients:
                answer = Answer.of(*smtp.rcpt(recipient))
                if answer.code == CLOSING:
                    raise self._refusal("refused the mail", answer)
                if answer.code not in TAKEN:
                    refused[recipient] = answer
            if len(refused) < len(recipients):
                self._expect((GO_ON,), Answer.of(*smtp.docmd("DATA")))
                return refused
        raise self._all_refused(refused)

    def _hand_over(self, smtp: smtplib.SMTP, mail: bytes) -> None:
        """The content, and the one answer that counts: without it, nobody knows whether the mail was taken."""
        with self._told("broke off while taking the mail", handed_over=True):
            smtp.send(_DOT_AT_START.sub(b"..", mail) + b".\r\n")
            answer = Answer.of(*smtp.getreply())
        self._expect(TAKEN, answer)

    @contextmanager
    def _told(self, what: str, *, handed_over: bool = False) -> Iterator[None]:
        try:
            yield
        except (smtplib.SMTPException, OSError) as error:
            # After a hand-over nobody knows whether the mail was taken; the next try carries the same Message-ID.
            more = "; it may have arrived" if handed_over else ""
            raise self._error(f"{what} ({_words(error)}){more}", handed_over=handed_over) from error

    # -- what went wrong -----------------------------------------------------------------------------------------------

    def _expect(self, codes: Sequence[int], answer: Answer) -> None:
        if answer.code not in codes:
            raise self._refusal("refused the mail", answer, permanent=is_permanent(answer))

    def _all_refused(self, refused: Mapping[str, Answer]) -> DeliveryError:
        """For good when that is so for each: as long as one may be taken later, all are asked again."""
        told = "; ".join(f"{address}: {answer}" for address, answer in refused.items())
        permanent = all(is_permanent(answer, recipient=True) for answer in refused.values())
        return self._error(f"refused {told}", permanent=permanent)

    def _refusal(self, what: str, answer: Answer, *, permanent: bool = False) -> DeliveryError:
        return self._error(f"{what}: {answer}", permanent=permanent)

    def _error(self, what: str, *, handed_over: bool = False, permanent: bool = False) -> DeliveryError:
        return DeliveryError(
            without_secrets(what, "", *self._secrets()),
            where=self._where,
            todo="check the [channel] table and the server",
            handed_over=handed_over,
            permanent=permanent,
        )

    def _secrets(self) -> tuple[str, ...]:
        """What a server knows of us and may repeat: the password, also as it is sent (RFC 4616)."""
        try:
            password = self._config.password()
        except SecretError:
            return ()
        return (password, f"\0{self._config.username}\0{password}") if password else ()


def _quit(smtp: smtplib.SMTP) -> None:
    """Say good-bye; a server that does not answer has the mail all the same."""
    try:
        smtp.quit()
    except (smtplib.SMTPException, OSError):
        smtp.close()


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return "no answer in time"
    if isinstance(error, smtplib.SMTPResponseException):
        return str(Answer.of(error.smtp_code, error.smtp_error))
    return " ".join(str(getattr(error, "strerror", None) or error or type(error).__name__).split())[:200]

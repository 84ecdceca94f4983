"""The email channel: one message per recipient over SMTP; when to try again is the outbox's business."""

import hashlib
import re
import smtplib
import ssl
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from zoneinfo import ZoneInfo

from digests.channels.wording import subject_of
from digests.content import Digest
from digests.notice import Notice
from digests.render import render, render_notice
from monitor.announcing import Delivery
from monitor.config import EmailChannelConfig
from monitor.errors import DeliveryError


def message_id(database_id: str, audience: str, period_key: str, recipient: str, sender: str, again: str = "") -> str:
    """The Message-ID of a digest for a recipient: always the same one, so that a repeat is recognised as such.

    An alert's has `operator` for its audience, and in place of a period what tells it from all others. `again` tells a
    resend on purpose from the original.
    """
    named = "\n".join((database_id, audience, period_key, parseaddr(recipient)[1], again))
    return f"<{hashlib.sha256(named.encode()).hexdigest()[:32]}@{_domain(sender)}>"


def build_message(
    config: EmailChannelConfig, delivery: Delivery, content: Digest | Notice, now: datetime
) -> EmailMessage:
    """The mail: Chinese subject, Markdown as its text part, HTML beside it."""
    message = EmailMessage(policy=SMTP)
    # Encoded here: the header folding of Python 3.11 and 3.12 loses spaces between encoded words.
    message.set_raw("Subject", Header(subject_of(delivery, content), "utf-8", 74, "Subject").encode())
    message["From"] = _address(config.sender)
    message["To"] = _address(delivery.recipient)
    message["Date"] = format_datetime(now.astimezone(ZoneInfo(content.timezone)))
    message["Message-ID"] = delivery.message_id
    message["List-Id"] = f"<{_slug(delivery.audience)}.zhaoshang.{_domain(config.sender)}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: keeps out-of-office answers away
    message.set_content(_rendered(content, "md"), cte="base64")
    message.add_alternative(_rendered(content, "html"), subtype="html", cte="base64")
    return message


def _rendered(content: Digest | Notice, form: str) -> str:
    return render_notice(content, form) if isinstance(content, Notice) else render(content, form)


class EmailChannel:
    """Sends over STARTTLS, TLS or plain SMTP, with or without log-in."""

    def __init__(self, name: str, config: EmailChannelConfig) -> None:
        self._config = config
        self._where = f"channel {name} ({config.host}:{config.effective_port})"

    def send(self, delivery: Delivery, message: Digest | Notice, now: datetime) -> None:
        """Hand the mail to the server. Raises DeliveryError or SecretError."""
        try:
            mail = build_message(self._config, delivery, message, now)
        except (ValueError, MessageError) as error:
            raise self._error(f"cannot write a mail to {delivery.recipient}: {error}") from error
        smtp = self._connect()
        try:
            smtp.send_message(mail, to_addrs=[parseaddr(delivery.recipient)[1]])
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise self._error(f"refused {delivery.recipient}: {_said(code, text)}") from error
        except smtplib.SMTPNotSupportedError as error:
            raise self._error(f"cannot take a mail to {delivery.recipient}: {error}") from error
        except smtplib.SMTPResponseException as error:
            raise self._error(f"refused the mail: {_said(error.smtp_code, error.smtp_error)}") from error
        except (smtplib.SMTPException, OSError) as error:
            # From here on nobody knows whether the mail was taken; the next try carries the same Message-ID.
            raise self._error(
                f"broke off while taking the mail ({_words(error)}); it may have arrived", True
            ) from error
        finally:
            _quit(smtp)

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

    def _error(self, what: str, handed_over: bool = False) -> DeliveryError:
        return DeliveryError(
            what, where=self._where, todo="check the [channel] table and the server", handed_over=handed_over
        )


def _quit(smtp: smtplib.SMTP) -> None:
    """Say good-bye; a server that does not answer has the mail all the same."""
    try:
        smtp.quit()
    except (smtplib.SMTPException, OSError):
        smtp.close()


def _address(text: str) -> Address:
    name, plain = parseaddr(text)
    return Address(display_name=name, addr_spec=plain)


def _domain(address: str) -> str:
    return parseaddr(address)[1].rpartition("@")[2] or "localhost"


def _slug(name: str) -> str:
    """An ASCII label for List-Id (RFC 2919); names in Chinese get a stable hash."""
    return name.lower() if re.fullmatch(r"[A-Za-z0-9-]+", name) else hashlib.sha256(name.encode()).hexdigest()[:12]


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(f"{code} {words}".split())[:200]


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return "no answer in time"
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error)
    return " ".join(str(getattr(error, "strerror", None) or error or type(error).__name__).split())[:200]

"""The webhook channel: signed JSON to a service of the user's own; docs/channels.md is the contract with it."""

import hashlib
import hmac
import json
from datetime import datetime

from digests.channels.posting import Answer, knock, post
from digests.channels.reaching import Address, Route
from digests.channels.redacting import redacted
from digests.channels.refusals import retry_after
from digests.channels.wording import subject_of, text_of
from digests.content import Digest, to_json
from digests.notice import Notice
from monitor.announcing import Delivery
from monitor.config import WebhookChannelConfig
from monitor.errors import DeliveryError

VERSION = 1  # of the JSON; raised when a key changes its meaning or goes
_TAKEN = range(200, 300)
_REDIRECT = range(300, 400)
_CLIENT_ERROR = range(400, 500)
_LATER = (401, 403, 404, 408, 409, 423, 425)  # what the other side may mend, or what passes
_BUSY = (429, 503)


def body_of(delivery: Delivery, message: Digest | Notice) -> bytes:
    """The JSON. The same delivery has the same body in every try."""
    told: dict[str, object] = {
        "version": VERSION,
        "kind": "notice" if isinstance(message, Notice) else "digest",
        "delivery": {"id": delivery.id, "key": key_of(delivery), "resend_of": delivery.resend_of},
        "audience": delivery.audience,
        "period": None if isinstance(message, Notice) else delivery.period_key,
    }
    told |= {"subject": subject_of(delivery, message), "text": text_of(message, "md")}
    told |= {"notice": _notice(message)} if isinstance(message, Notice) else {"digest": json.loads(to_json(message))}
    return json.dumps(told, ensure_ascii=False).encode()


def key_of(delivery: Delivery) -> str:
    """What tells this delivery from all others, and a repeat from a new one."""
    return delivery.message_id.strip("<>") or f"delivery-{delivery.id}"


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """`v1=` and the HMAC-SHA256 over the time stamp, a full stop and the body, in hexadecimal digits."""
    return "v1=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


class WebhookChannel:
    """One service. It keeps no secret: they are read when they are needed."""

    def __init__(self, name: str, config: WebhookChannelConfig) -> None:
        self._config = config
        self._where = f"channel {name}"

    def send(self, delivery: Delivery, message: Digest | Notice, now: datetime) -> None:
        """Hand it over: taken is what is answered with 2xx. Raises DeliveryError or SecretError."""
        url, secret = self._config.address(), self._config.signing_secret()
        address = self._address(url)
        body = body_of(delivery, message)
        timestamp = int(now.timestamp())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": key_of(delivery),
            "X-Zhaoshang-Delivery": str(delivery.id),
            "X-Zhaoshang-Timestamp": str(timestamp),
        }
        if secret:
            headers["X-Zhaoshang-Signature"] = signature(secret, timestamp, body)
        where = f"{self._where} ({address})"
        answer = post(address, body, headers, self._route(), where)
        if answer.status not in _TAKEN:
            raise self._refused(answer, where, url, secret)

    def check(self, *, offline: bool = False) -> str:
        """Read the secrets, connect, send nothing, and say what came of it. Raises DeliveryError or SecretError."""
        address = self._address(self._config.address())
        signed = "signed" if self._config.signing_secret() else "not signed"
        if offline:
            return f"{address} (not connected), {signed}"
        knock(address, self._route(), f"{self._where} ({address})")
        return f"{address} can be reached; messages are {signed}"

    def _address(self, url: str) -> Address:
        try:
            return Address.parse(url)
        except ValueError as error:
            raise DeliveryError(str(error), where=self._where, todo="correct the address", permanent=True) from None

    def _route(self) -> Route:
        config = self._config
        return Route(config.timeout.total_seconds(), config.proxy, config.allow_private)

    def _refused(self, answer: Answer, where: str, url: str, secret: str | None) -> DeliveryError:
        status = answer.status
        said = redacted(answer.body.decode("utf-8", "replace"), url, secret) if answer.whole else ""
        words = f"refused with HTTP {status}" + (f": {said}" if said else "")
        if status in _REDIRECT:
            return DeliveryError(
                f"answers with a redirect (HTTP {status})", where=where, todo="name the address itself"
            )
        if status in _BUSY:
            return DeliveryError(words, where=where, todo="it is tried again", wait=retry_after(answer, 0.0))
        if status in _CLIENT_ERROR:
            permanent = status not in _LATER
            return DeliveryError(words, where=where, todo="check the service and the secret", permanent=permanent)
        return DeliveryError(f"{words}; it may have arrived", where=where, todo="it is tried again", handed_over=True)


def _notice(notice: Notice) -> dict[str, object]:
    return {
        "source": notice.source,
        "at": notice.at.isoformat(),
        "facts": [{"name": fact.name, "text": fact.text} for fact in notice.facts],
        "address": notice.address,
        "advice": notice.advice,
        "commands": list(notice.commands),
    }

"""What is different between 企业微信, 钉钉 and 飞书: bodies, signatures, sizes and rates; pure, and it sends nothing.

企业微信: https://developer.work.weixin.qq.com/document/path/91770
    20 messages a minute, 4096 bytes of Markdown.
钉钉: https://open.dingtalk.com/document/orgapp/custom-robot-access and .../customize-robot-security-settings
    20 a minute, and above that silence for ten; the platform itself says "message too long, exceed 20000 bytes".
飞书: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
    100 a minute, 5 a second, 20 KB of body.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote_plus

from digests.channels import refusals
from digests.channels.pace import Rate
from digests.channels.refusals import Meanings
from digests.chat import markup
from digests.chat.markup import Markup

Body = dict[str, object]


@dataclass(frozen=True, slots=True)
class Platform:
    """How one platform is written to, and how its answers are read."""

    kind: str
    markup: Markup
    largest: int  # bytes of a whole body, as JSON
    rates: Sequence[Rate]
    meanings: Meanings
    code_keys: Sequence[str]
    word_keys: Sequence[str]
    body: Callable[[str, str], Body]  # of a plain title and a text in markup
    signed: Callable[[str, Body, str, datetime], tuple[str, Body]]  # address and body, one of them with the signature


def _wecom_body(title: str, text: str) -> Body:
    return {"msgtype": "markdown", "markdown": {"content": f"**{markup.WECOM.escape(title)}**\n{text}"}}


def _wecom_signed(url: str, body: Body, secret: str, now: datetime) -> tuple[str, Body]:
    del secret, now  # these robots know no signature
    return url, body


def _dingtalk_body(title: str, text: str) -> Body:
    """The title by itself is what a locked phone shows."""
    content = f"#### {markup.DINGTALK.escape(title)}\n\n{text}"
    return {"msgtype": "markdown", "markdown": {"title": title, "text": content}, "at": {"isAtAll": False}}


def _dingtalk_signed(url: str, body: Body, secret: str, now: datetime) -> tuple[str, Body]:
    """`timestamp` in milliseconds, and `sign` over it and the secret, both in the address."""
    at = int(now.timestamp() * 1000)
    sign = hmac.new(secret.encode(), f"{at}\n{secret}".encode(), hashlib.sha256).digest()
    joint = "&" if "?" in url else "?"
    return f"{url}{joint}timestamp={at}&sign={quote_plus(base64.b64encode(sign))}", body


def _feishu_body(title: str, text: str) -> Body:
    """A card."""
    card = {
        "config": {"wide_screen_mode": True},
        "header": {"template": "blue", "title": {"tag": "plain_text", "content": title}},
        "elements": [{"tag": "markdown", "content": text}],
    }
    return {"msg_type": "interactive", "card": card}


def _feishu_signed(url: str, body: Body, secret: str, now: datetime) -> tuple[str, Body]:
    """`timestamp` in seconds, and `sign`: nothing at all, signed with both as the key."""
    at = str(int(now.timestamp()))
    sign = hmac.new(f"{at}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return url, {"timestamp": at, "sign": base64.b64encode(sign).decode(), **body}


WECOM = Platform(
    "wecom",
    markup.WECOM,
    largest=4096,  # meant for the Markdown alone, and held here against the whole body
    rates=(Rate(20, 60.0),),
    meanings=refusals.WECOM,
    code_keys=("errcode",),
    word_keys=("errmsg",),
    body=_wecom_body,
    signed=_wecom_signed,
)
DINGTALK = Platform(
    "dingtalk",
    markup.DINGTALK,
    largest=18_000,  # of 20000
    rates=(Rate(20, 60.0),),
    meanings=refusals.DINGTALK,
    code_keys=("errcode",),
    word_keys=("errmsg",),
    body=_dingtalk_body,
    signed=_dingtalk_signed,
)
FEISHU = Platform(
    "feishu",
    markup.FEISHU,
    largest=18_000,  # of 20480
    rates=(Rate(100, 60.0), Rate(5, 1.0)),
    meanings=refusals.FEISHU,
    code_keys=("code", "StatusCode"),
    word_keys=("msg", "StatusMessage"),
    body=_feishu_body,
    signed=_feishu_signed,
)

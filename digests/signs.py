"""Says in Chinese by which sign a page was found to be blocked; the signs themselves are crawler.extract's English."""

import re

_SIGNS = (
    (r"(?:says|title|heading) (.+)", "提示“{}”"),
    (r"log-in form", "登录表单"),
    (r"leads to the front page (.+)", "转到首页 {}"),
    (r"(?:only )?leads to (.+)", "转到 {}"),
    (r"only frames", "只有框架"),
    (r"no visible text, only scripts", "只有脚本，没有文字"),
    (r"no visible text", "没有文字"),
    (r"only white space", "只有空白字符"),
    (r"no bytes", "没有内容"),
    (r"wants a browser that runs scripts", "须由浏览器运行脚本"),
    (r"cookie script that reloads", "脚本设置 Cookie 后刷新"),
    (r"阿里云 captcha", "阿里云验证码"),
    (r"captcha script", "验证码脚本"),
    (r"AWS script", "AWS 防护脚本"),
    (r"云锁 or 安全狗 script", "云锁或安全狗脚本"),
    (r"(\S+) challenge", "{} 验证"),
    (r"(.+) script", "{} 脚本"),
    (r"(\d+) % control bytes", "{}% 为控制字符"),
    (r"image \((.+)\)", "{} 图片"),
    (r"ZIP \(Office\)", "Office 文件"),
    (r"Office 97 file", "Office 97 文件"),
    (r"audio", "音频"),
    (r"video", "视频"),
    (r"font", "字体"),
    (r"program", "程序"),
    (r"PDF|RTF|ZIP|gzip|bzip2|zstd|xz|7z|RAR|Flash", "{} 文件"),
)
_SAYS = re.compile(r"(?:says|title|heading) .+")


def sign_in_chinese(sign: str) -> str:
    """The sign in Chinese; what is none of ours stays as it is."""
    for pattern, phrase in _SIGNS:
        if (found := re.fullmatch(pattern, sign)) is not None:
            return phrase.format(*(found.groups() or (sign,)))
    return sign


def is_notice(sign: str) -> bool:
    """Whether the page says something, such as that the site is under repair; it is not blank then."""
    return _SAYS.fullmatch(sign) is not None

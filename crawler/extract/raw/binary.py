"""Recognises bytes that are no text, before anyone tries to decode them; it opens none of them."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE

from monitor.pages import RawPage

_MAGIC = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP (Office)"),
    (b"PK\x05\x06", "ZIP"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office 97 file"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG\r\n\x1a\n", "image (PNG)"),
    (b"\xff\xd8\xff", "image (JPEG)"),
    (b"GIF87a", "image (GIF)"),
    (b"GIF89a", "image (GIF)"),
    (b"II*\x00", "image (TIFF)"),
    (b"MM\x00*", "image (TIFF)"),
    (b"\x00\x00\x01\x00", "image (ICO)"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh9", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"ID3", "audio"),
    (b"OggS", "audio"),
    (b"FLV\x01", "video"),
    (b"\x00\x00\x01\xba", "video"),
    (b"\x1aE\xdf\xa3", "video"),
    (b"wOFF", "font"),
    (b"wOF2", "font"),
    (b"CWS", "Flash"),
    (b"FWS", "Flash"),
    (b"MZ\x90\x00", "program"),
    (b"\x7fELF", "program"),
)
_INSIDE = ((8, b"WEBP", "image (WebP)"), (8, b"WAVE", "audio"), (8, b"AVI ", "video"), (4, b"ftyp", "video"))
_HEAD = 8_192  # bytes that are looked at
_SHORTEST = 32  # bytes of which a share says anything
# No text has these: NULs and controls other than tab, line and page ends, and the escape of ISO-2022.
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\x0b\x0c\r\x1b")
_SHARE = 0.05


def binary_sign(raw: RawPage) -> str | None:
    """What kind of file a body is when it is no text, in words; None for text. UTF-16, full of NULs, is text."""
    body = raw.body
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, name in _MAGIC:
        if start.startswith(magic):
            return name
    for offset, magic, name in _INSIDE:
        if start[offset : offset + len(magic)] == magic:
            return name
    head = body[:_HEAD].strip(b"\x00")  # some servers pad pages
    if len(head) < _SHORTEST or _is_wide(body[:_HEAD]):
        return None
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return f"{controls * 100 // len(head)} % control bytes" if controls > _SHARE * len(head) else None


def _is_wide(head: bytes) -> bool:
    """Whether bytes are UTF-16 or UTF-32: a mark says so, or NULs that are nearly all in every other place."""
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE, b"\x00\x00\xfe\xff")):
        return True
    even, odd = head[0::2].count(0), head[1::2].count(0)
    others = len(head) - len(head.translate(None, _CONTROLS[1:]))
    return max(even, odd) > len(head) / 8 and min(even, odd) < max(even, odd) / 4 and others <= _SHARE * len(head)

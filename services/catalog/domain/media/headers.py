"""What a file is, by its first bytes: never by its name or by what its server says of it. Pictures
are not decoded, so a picture of a billion pixels costs no more than any other.

From the specifications of PNG (W3C), JPEG (ITU-T T.81), GIF89a, WebP (RFC 9649), TIFF 6.0, SVG
(W3C), ISO base media (ISO/IEC 14496-12), EBML (RFC 8794), Matroska (RFC 9559) and PDF (ISO 32000).
"""

from collections.abc import Callable
from dataclasses import dataclass
from struct import unpack
from typing import Final

JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
GIF: Final = "image/gif"
WEBP: Final = "image/webp"
AVIF: Final = "image/avif"
HEIC: Final = "image/heic"
TIFF: Final = "image/tiff"
BMP: Final = "image/bmp"
SVG: Final = "image/svg+xml"
MP4: Final = "video/mp4"
QUICKTIME: Final = "video/quicktime"
WEBM: Final = "video/webm"
MATROSKA: Final = "video/x-matroska"
AUDIO: Final = "audio/mp4"
PDF: Final = "application/pdf"

# Profiles and previews come before the size of a JPEG; more of them than this is no usual file.
HEAD_BYTES_MAX: Final = 512 * 1024

_Size = tuple[int, int]
# The major brand of a file of boxes; all others are films.
_BRANDS: Final = {
    b"avif": AVIF,
    b"avis": AVIF,
    b"heic": HEIC,
    b"heix": HEIC,
    b"mif1": HEIC,
    b"msf1": HEIC,
    b"qt  ": QUICKTIME,
    b"M4A ": AUDIO,
    b"M4B ": AUDIO,
}
# Within so many bytes an EBML header names its kind of document, and a page its first element.
_EBML_HEAD: Final = 64
_TEXT_HEAD: Final = 1024
_BMP_HEADERS: Final = (12, 40, 52, 56, 108, 124)


@dataclass(frozen=True, slots=True)
class Kind:
    """`size`: width and height in pixels; None: not known, or not known yet from so few bytes."""

    media_type: str
    size: _Size | None = None


def kind_of(head: bytes) -> Kind | None:
    """None: nothing that is known here. Never raises, whatever the bytes are."""
    for magic, media_type, size_of in _KINDS:
        if head.startswith(magic):
            return Kind(media_type, size_of(head))
    return _with_a_header(head) or _with_words(head[:_TEXT_HEAD])


def _with_a_header(head: bytes) -> Kind | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind(WEBP, _webp_size(head))
    if head[4:8] == b"ftyp":
        return Kind(_BRANDS.get(head[8:12], MP4))
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return Kind(MATROSKA if b"matroska" in head[:_EBML_HEAD] else WEBM)
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return Kind(BMP)
    return None


def _with_words(head: bytes) -> Kind | None:
    # A PDF may begin with other bytes.
    if b"%PDF-" in head:
        return Kind(PDF)
    # A page that has a drawing somewhere is none.
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    is_svg = text.startswith(b"<svg") or (text.startswith(b"<?xml") and b"<svg" in text)
    return Kind(SVG) if is_svg else None


def is_enough(kind: Kind | None, read: int) -> bool:
    """Whether more bytes would tell more. `read`: how many there are."""
    if read >= HEAD_BYTES_MAX:
        return True
    return read >= 1024 if kind is None else not lacks_size(kind)


def lacks_size(kind: Kind) -> bool:
    """Whether it is a picture of which the size should be known and is not."""
    return kind.size is None and kind.media_type in (JPEG, PNG, GIF, WEBP)


def _none(head: bytes) -> None:
    del head


def _png_size(head: bytes) -> _Size | None:
    # The first chunk is IHDR: length, name, width, height.
    return _pair(head[16:24], ">II") if head[12:16] == b"IHDR" else None


def _gif_size(head: bytes) -> _Size | None:
    return _pair(head[6:10], "<HH")


def _jpeg_size(head: bytes) -> _Size | None:
    """From the frame header (SOFn); the segments before it are skipped by their lengths."""
    at = 2
    while at + 4 <= len(head):
        if head[at] != 0xFF:
            return None
        marker = head[at + 1]
        if marker == 0xFF:  # fill bytes
            at += 1
            continue
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:  # without a length
            at += 2
            continue
        if marker in (0xD9, 0xDA):  # the end, or the scan: no frame came before
            return None
        # SOF0 to SOF15 without DHT, JPG and DAC.
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            size = _pair(head[at + 5 : at + 9], ">HH")
            return None if size is None else (size[1], size[0])
        at += 2 + max(2, int.from_bytes(head[at + 2 : at + 4]))
    return None


def _webp_size(head: bytes) -> _Size | None:
    form = head[12:16]
    if form == b"VP8X" and len(head) >= 30:
        width, height = (int.from_bytes(head[n : n + 3], "little") + 1 for n in (24, 27))
        return width, height
    if form == b"VP8L" and len(head) >= 25 and head[20] == 0x2F:
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        size = _pair(head[26:30], "<HH")
        return None if size is None else (size[0] & 0x3FFF, size[1] & 0x3FFF)
    return None


def _pair(packed: bytes, form: str) -> _Size | None:
    """Two numbers, neither of them zero."""
    if len(packed) != (8 if "I" in form else 4):
        return None
    width, height = unpack(form, packed)
    return (width, height) if width and height else None


_KINDS: Final[tuple[tuple[bytes, str, Callable[[bytes], _Size | None]], ...]] = (
    (b"\xff\xd8\xff", JPEG, _jpeg_size),
    (b"\x89PNG\r\n\x1a\n", PNG, _png_size),
    (b"GIF87a", GIF, _gif_size),
    (b"GIF89a", GIF, _gif_size),
    (b"II*\x00", TIFF, _none),
    (b"MM\x00*", TIFF, _none),
)

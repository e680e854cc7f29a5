"""The first bytes of files of every kind that is known, written from their specifications."""

from struct import pack


def a_png(width: int, height: int) -> bytes:
    header = b"IHDR" + pack(">II", width, height) + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + pack(">I", 13) + header + b"\x00" * 4


def a_gif(width: int, height: int, version: bytes = b"GIF89a") -> bytes:
    return version + pack("<HH", width, height) + b"\x00\x00\x00"


def a_jpeg(width: int, height: int, *, before: int = 0, frame: int = 0xC0) -> bytes:
    """`before`: bytes of a profile that comes before the size."""
    profiles = b""
    while before > 0:
        part = min(before, 65_533)
        profiles += b"\xff\xe2" + pack(">H", part + 2) + b"\x00" * part
        before -= part
    tables = b"\xff\xdb" + pack(">H", 67) + b"\x00" * 65
    sizes = b"\xff" + bytes([frame]) + pack(">HBHH", 11, 8, height, width) + b"\x01\x11\x00\x00"
    start = b"\xff\xd8\xff\xe0" + pack(">H", 16) + b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    return start + profiles + tables + sizes + b"\xff\xda"


def _riff(form: bytes, payload: bytes) -> bytes:
    chunk = form + pack("<I", len(payload)) + payload
    return b"RIFF" + pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def a_webp(width: int, height: int) -> bytes:
    """Extended."""
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return _riff(b"VP8X", b"\x10\x00\x00\x00" + sizes)


def a_lossy_webp(width: int, height: int) -> bytes:
    return _riff(b"VP8 ", b"\x30\x01\x00\x9d\x01\x2a" + pack("<HH", width, height) + b"\x00" * 4)


def a_lossless_webp(width: int, height: int) -> bytes:
    bits = (width - 1) | (height - 1) << 14
    return _riff(b"VP8L", b"\x2f" + pack("<I", bits) + b"\x00" * 4)


def a_film(brand: bytes = b"isom") -> bytes:
    return pack(">I", 24) + b"ftyp" + brand + b"\x00\x00\x02\x00" + brand + b"mp41"


A_WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01webm"
A_MATROSKA = b"\x1a\x45\xdf\xa3\xa3\x42\x86\x81\x01\x42\x82\x88matroska"
A_PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
A_PAGE = b"<!doctype html><title>Sign in</title>"

"""What a file is, by its first bytes."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.media.headers import HEAD_BYTES_MAX, Kind, is_enough, kind_of
from tests.support.files import pictures

sides = st.integers(1, 65_535)
WRITERS: dict[str, tuple[Callable[[int, int], bytes], str, int]] = {
    "png": (pictures.a_png, "image/png", 65_535),
    "gif": (pictures.a_gif, "image/gif", 65_535),
    "jpeg": (pictures.a_jpeg, "image/jpeg", 65_535),
    "webp": (pictures.a_webp, "image/webp", 65_535),
    "lossy webp": (pictures.a_lossy_webp, "image/webp", 16_383),
    "lossless webp": (pictures.a_lossless_webp, "image/webp", 16_384),
}


@pytest.mark.parametrize("form", WRITERS)
@given(width=sides, height=sides, cut=st.integers(0, 120))
def test_a_picture_tells_its_size_once_it_is_there(
    form: str, width: int, height: int, cut: int
) -> None:
    write, media_type, side_max = WRITERS[form]
    size = min(width, side_max), min(height, side_max)
    whole = write(*size)

    assert kind_of(whole) == Kind(media_type, size)
    part = kind_of(whole[:cut])
    assert part is None or part in (Kind(media_type, size), Kind(media_type))


@pytest.mark.parametrize("before", [1, 70_000, 300_000])
@pytest.mark.parametrize("frame", [0xC0, 0xC1, 0xC2, 0xCF])
def test_profiles_come_before_the_size_of_a_jpeg(before: int, frame: int) -> None:
    whole = pictures.a_jpeg(1600, 1200, before=before, frame=frame)

    assert kind_of(whole) == Kind("image/jpeg", (1600, 1200))
    assert not is_enough(kind_of(whole[:before]), before)
    assert is_enough(kind_of(whole), len(whole))


@pytest.mark.parametrize("table", [0xC4, 0xC8, 0xCC])
def test_tables_of_a_jpeg_are_no_frames(table: int) -> None:
    assert kind_of(pictures.a_jpeg(1600, 1200, frame=table)) == Kind("image/jpeg")


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (pictures.a_film(), "video/mp4"),
        (pictures.a_film(b"avif"), "image/avif"),
        (pictures.a_film(b"heic"), "image/heic"),
        (pictures.a_film(b"msf1"), "image/heic"),
        # Stores take neither of these for MP4.
        (pictures.a_film(b"qt  "), "video/quicktime"),
        (pictures.a_film(b"M4A "), "audio/mp4"),
        (pictures.A_WEBM, "video/webm"),
        (pictures.A_MATROSKA, "video/x-matroska"),
        (b"II*\x00\x08\x00\x00\x00", "image/tiff"),
        (b"MM\x00*\x00\x00\x00\x08", "image/tiff"),
        (b"BM" + bytes(12) + b"\x28\x00\x00\x00", "image/bmp"),
        (b"\xef\xbb\xbf\n<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"<?xml version='1.0'?><!-- x --><svg/>", "image/svg+xml"),
        (pictures.A_PDF, "application/pdf"),
        (b"\n" * 900 + pictures.A_PDF, "application/pdf"),
    ],
)
def test_other_files_need_no_size(head: bytes, media_type: str) -> None:
    kind = kind_of(head)
    assert kind == Kind(media_type)
    assert is_enough(kind, len(head))


@pytest.mark.parametrize(
    "head",
    [
        b"",
        pictures.A_PAGE,
        b"RIFF\x00\x00\x00\x00WAVE",
        b"\xff\xd8",
        b"BMW 320i, 2018, one owner",
        b"<html><body><svg/></body></html>",
    ],
)
def test_what_is_not_known_is_nothing(head: bytes) -> None:
    assert kind_of(head) is None


@pytest.mark.parametrize("write", [pictures.a_png, pictures.a_gif, pictures.a_jpeg])
def test_a_picture_of_no_width_has_no_size(write: Callable[[int, int], bytes]) -> None:
    kind = kind_of(write(0, 10))
    assert kind is not None
    assert kind.size is None


MAGIC = [
    b"\xff\xd8\xff",
    b"\xff\xd8\xff\xe0",
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"RIFF\x00\x00\x00\x00WEBPVP8X",
    b"RIFF\x00\x00\x00\x00WEBPVP8L",
    b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    b"\x00\x00\x00\x18ftyp",
]


@given(magic=st.sampled_from(MAGIC), rest=st.binary(max_size=200))
def test_no_bytes_are_too_odd(magic: bytes, rest: bytes) -> None:
    kind = kind_of(magic + rest)
    assert kind is None or kind.size is None or min(kind.size) > 0


def test_reading_ends() -> None:
    assert is_enough(None, HEAD_BYTES_MAX)
    assert is_enough(Kind("image/jpeg"), HEAD_BYTES_MAX)
    assert not is_enough(None, 1023)
    # Segments without an end.
    endless = b"\xff\xd8\xff" + b"\xff" * 1000
    assert kind_of(endless) == Kind("image/jpeg")

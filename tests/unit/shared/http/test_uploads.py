"""A body that is a file: on disk whole, or not at all."""

import asyncio
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from shared.http import uploads
from shared.http.errors import BodyTooSlow
from shared.http.uploads import FileEmpty, Spool, SpoolFull, receive_file
from shared.kernel.errors import TooLarge


def sending(*chunks: bytes) -> Any:
    messages: Iterator[dict[str, Any]] = iter(
        [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
        + [{"type": "http.request", "body": b"", "more_body": False}]
    )

    async def receive() -> dict[str, Any]:
        return next(messages)

    return receive


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def _content(file: Path) -> bytes:
    return file.read_bytes()


def _mode(folder: Path) -> int:
    return folder.stat().st_mode


async def _received(receive: Any, spool: Spool, declared: bytes | None = None) -> Any:
    return await receive_file(receive, spool, declared=declared, media_type="text/csv")


async def test_it_is_written_and_hashed(tmp_path: Path) -> None:
    chunks = [b"SKU\n", b"x" * 3_000_000, b"end"]
    file = await _received(sending(*chunks), Spool(tmp_path / "new" / "folder", 10_000_000))
    whole = b"".join(chunks)
    assert _content(file.path) == whole
    assert (file.bytes, file.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())
    assert _mode(file.path.parent) & 0o077 == 0
    name = file.keep()
    file.discard()
    assert _names(file.path.parent) == [name]


async def test_what_is_not_kept_is_gone(tmp_path: Path) -> None:
    file = await _received(sending(b"x"), Spool(tmp_path, 10))
    file.discard()
    assert _names(tmp_path) == []


async def _leaves_nothing(error: type[Exception], tmp_path: Path, receive: Any) -> None:
    with pytest.raises(error):
        await _received(receive, Spool(tmp_path, 10))
    assert _names(tmp_path) == []


async def test_too_large(tmp_path: Path) -> None:
    await _leaves_nothing(TooLarge, tmp_path, sending(b"x" * 6, b"x" * 6))
    with pytest.raises(TooLarge):
        await _received(sending(), Spool(tmp_path, 10), b"11")


async def test_nothing_in_it(tmp_path: Path) -> None:
    await _leaves_nothing(FileEmpty, tmp_path, sending())


async def test_a_client_that_leaves(tmp_path: Path) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    await _leaves_nothing(ClientDisconnect, tmp_path, receive)


async def test_a_client_that_is_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "IDLE_S", 0.01)

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    await _leaves_nothing(BodyTooSlow, tmp_path, receive)


async def test_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "_FREE_BYTES_MIN", 2**62)
    await _leaves_nothing(SpoolFull, tmp_path, sending(b"x"))


async def test_room_that_goes_while_it_arrives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others write, too, and who sends in chunks declares nothing."""
    usage = shutil.disk_usage(tmp_path)
    free = iter([10**12, 10**12, 1000])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=next(free)))
    with pytest.raises(SpoolFull):
        await _received(sending(b"x" * 2_000_000, b"y" * 2_000_000), Spool(tmp_path, 10**9))
    assert _names(tmp_path) == []

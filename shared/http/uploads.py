"""Files as the body of a request: written to disk as they arrive, never whole in memory.

    FILE = file_body("text/csv", "application/x-ndjson")

    @api.post("/v1/imports", openapi_extra=FILE.documented)
    async def create_import(call: CatalogWrite, file: Annotated[UploadedFile, Depends(FILE)]) -> …:
        …
        name = file.keep()      # inside `act`: the file belongs to the row from now on

A file that no route keeps is deleted with the end of the request. One that is kept while the
transaction fails stays behind: whoever owns the folder deletes files that no row names.
"""

import asyncio
import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from fastapi.dependencies.models import Dependant
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive

from shared.http import incoming
from shared.http.errors import BodyTooSlow, UnsupportedMediaType
from shared.kernel.errors import Invalid, Text, TooLarge, Unavailable
from shared.kernel.ids import new_id
from shared.kernel.json import JsonObject

# A file may take this long, and a second more for each `BYTES_PER_S` that have arrived.
FILE_S: Final = 10.0
BYTES_PER_S: Final = 16 * 1024
# Nothing at all for so long, and the client is taken for gone.
IDLE_S: Final = 20.0
# This much is left to everybody else who uses the disk.
_FREE_BYTES_MIN: Final = 256 * 1024 * 1024
_WRITTEN_AT_ONCE: Final = 1024 * 1024
_BYTES: Final = b"application/octet-stream"
_PART: Final = ".part"
_KEPT: Final = ".file"


class FileEmpty(Invalid):
    code = "request.file_empty"
    text = Text("The body is empty: there is no file in it.", "请求体为空，没有文件。")
    fix = Text("Send the file itself as the body.", "请将文件内容作为请求体发送。")


class FileTypeUnsupported(UnsupportedMediaType):
    text = Text(
        "The body must be a file of one of these types: {types}.",
        "请求体必须为以下类型的文件：{types}。",
    )
    fix = Text(
        "Send the file itself as the body, not a form, and its type as Content-Type;"
        " application/octet-stream if you do not know it.",
        "请将文件内容直接作为请求体发送（不要使用表单），并在 Content-Type 中注明类型；不确定时请用"
        " application/octet-stream。",
    )


class SpoolFull(Unavailable):
    code = "service.spool_full"
    text = Text("There is no room for the file right now.", "暂无空间保存该文件。")
    retry_after_s = 60


@dataclass(frozen=True, slots=True)
class Spool:
    """Where the files of a service go, and how large one may be."""

    folder: Path
    bytes_max: int

    def prepare(self, bytes_expected: int) -> None:
        """Makes the folder. Raises SpoolFull if there is no room, PermissionError if the folder is
        somebody else's: in a temporary folder anybody can be the first.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.folder.stat().st_uid != os.geteuid():
            raise PermissionError(f"{self.folder} belongs to another user")
        self.check_room(bytes_expected)

    def check_room(self, bytes_expected: int = 0) -> None:
        """Raises SpoolFull."""
        if shutil.disk_usage(self.folder).free < bytes_expected + _FREE_BYTES_MIN:
            raise SpoolFull


@dataclass(slots=True)
class UploadedFile:
    """A file that has arrived whole. `sha256`: hex digits."""

    path: Path
    bytes: int
    sha256: str
    media_type: str
    is_kept: bool = False

    def keep(self) -> str:
        """Its name in the folder, under which it stays."""
        if not self.is_kept:
            kept = self.path.with_suffix(_KEPT)
            self.path.rename(kept)
            self.path, self.is_kept = kept, True
        return self.path.name

    def discard(self) -> None:
        if not self.is_kept:
            self.path.unlink(missing_ok=True)


@dataclass(frozen=True, eq=False)
class FileBody:
    """What `Depends(file_body(…))` holds: admission reads the body before the route is called."""

    media_types: tuple[str, ...]
    also: tuple[str, ...] = ()
    documented: Mapping[str, JsonObject] = field(default_factory=dict)

    async def __call__(self, request: Request) -> UploadedFile:
        file = incoming.of(request.scope).file
        assert isinstance(file, UploadedFile), "admission has not read the file"
        return file

    def check(self, content_type: bytes | None) -> str:
        """The media type without its parameters; without one it is bytes (RFC 9110 §8.3).

        Raises FileTypeUnsupported.
        """
        named = (content_type or _BYTES).partition(b";")[0].strip().lower().decode("latin-1")
        accepted = (*self.media_types, *self.also)
        if named not in accepted:
            raise FileTypeUnsupported(types=", ".join(accepted))
        return named


def file_body(*media_types: str, also: tuple[str, ...] = ()) -> FileBody:
    """A route with this dependency takes its body as a file of one of these types. `also`: names
    that senders give to the same; they are accepted without being documented.
    """
    content = {
        name: {"schema": {"type": "string", "format": "binary"}, "example": ""}
        for name in media_types
    }
    return FileBody(media_types, also, {"requestBody": {"required": True, "content": content}})


def file_body_of(dependant: Dependant) -> FileBody | None:
    """Whether a route takes a file, found among its dependencies."""
    found = (one.call for one in dependant.dependencies)
    return next((one for one in found if isinstance(one, FileBody)), None)


async def receive_file(
    receive: Receive, spool: Spool, *, declared: bytes | None, media_type: str
) -> UploadedFile:
    """Writes the body to disk. Raises TooLarge, BodyTooSlow, ClientDisconnect, FileEmpty or
    SpoolFull; nothing is left on the disk then.
    """
    expected = int(declared) if declared is not None and declared.isdigit() else 0
    if expected > spool.bytes_max:
        raise TooLarge(limit=f"{spool.bytes_max} bytes")
    await asyncio.to_thread(spool.prepare, expected)
    path = spool.folder / f"{new_id('fil')}{_PART}"
    try:
        with path.open("xb") as file:
            size, digest = await _written(receive, spool, file)
            await asyncio.to_thread(_flushed, file)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise SpoolFull from error
        raise
    return UploadedFile(path, size, digest, media_type)


async def _written(receive: Receive, spool: Spool, file: BinaryIO) -> tuple[int, str]:
    """Bytes and SHA-256 of what was received."""
    digest = hashlib.sha256()

    def write(chunks: list[bytes]) -> None:
        # Others write, too, and a length that is declared is not always there or true.
        spool.check_room()
        for chunk in chunks:
            digest.update(chunk)
            file.write(chunk)

    body = _Chunks(receive, spool.bytes_max)
    async for chunks in body:
        await asyncio.to_thread(write, chunks)
    if not body.size:
        raise FileEmpty
    return body.size, digest.hexdigest()


class _Chunks:
    """The body in portions of about a megabyte. `size`: of all that has arrived."""

    def __init__(self, receive: Receive, bytes_max: int) -> None:
        self._receive = receive
        self._bytes_max = bytes_max
        self.size = 0
        self._ended = False
        self._loop_s: Callable[[], float] = asyncio.get_running_loop().time
        self._begun_s = self._loop_s()

    def __aiter__(self) -> "_Chunks":
        return self

    async def __anext__(self) -> list[bytes]:
        if self._ended:
            raise StopAsyncIteration
        chunks: list[bytes] = []
        waiting = 0
        while waiting < _WRITTEN_AT_ONCE and not self._ended:
            chunk = await self._next()
            waiting += len(chunk)
            chunks.append(chunk)
        return chunks

    async def _next(self) -> bytes:
        due_s = self._begun_s + FILE_S + self.size / BYTES_PER_S
        try:
            async with asyncio.timeout_at(min(due_s, self._loop_s() + IDLE_S)):
                message = await self._receive()
        except TimeoutError:
            raise BodyTooSlow from None
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk: bytes = message.get("body", b"")
        self.size += len(chunk)
        if self.size > self._bytes_max:
            raise TooLarge(limit=f"{self._bytes_max} bytes")
        self._ended = not message.get("more_body", False)
        return chunk


def _flushed(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())

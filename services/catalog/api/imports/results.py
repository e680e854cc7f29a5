"""What was found in the file of an import, and its progress while it runs."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Annotated, BinaryIO, Final

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response, StreamingResponse

from services.catalog.api.deps import CatalogRead, Spooled
from services.catalog.api.imports.imports import ImportId, checked_id
from services.catalog.domain.imports.fields import example_at
from services.catalog.domain.imports.findings import Severity
from services.catalog.domain.imports.job import Import, State
from services.catalog.domain.imports.rows import SheetFormat
from services.catalog.queries import imports as queries
from services.catalog.queries.imports import FindingView
from services.catalog.schemas.imports.jobs import (
    FindingCountsOut,
    ImportFindingOut,
    finding_counts_out,
    finding_out,
    import_out,
)
from services.catalog.use_cases.imports.failed_rows import write_failed
from shared.db import Reader
from shared.http import Call, Page, PageOf, json_reply, problems
from shared.http.places import Turns
from shared.http.replies import json_bytes
from shared.http.streams import Streams
from shared.http.uploads import SpoolFull
from shared.kernel.clock import monotonic_s
from shared.kernel.errors import Locale, Unavailable

results_api = APIRouter(tags=["imports"])

# How often a stream looks at the import, and how long it lasts: clients connect again then.
_LOOK_S: Final = 0.5
_STREAM_S: Final = 300.0
# A comment now and then keeps proxies from closing a silent connection.
_SILENT_S: Final = 15.0
_PIECE: Final = 256 * 1024
MEDIA_TYPES: Final = {
    SheetFormat.CSV: "text/csv",
    SheetFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    SheetFormat.NDJSON: "application/x-ndjson",
}
_FAILED_ROWS_MAX: Final = 200_000
_ERRORS_AT_ONCE: Final = 10_000
# Each reads a whole file again.
_FILES_AT_ONCE: Final = Turns(2)
# What is being sent waits on disk, for clients however slow.
_FILES_SENT: Final = Streams(at_once=40, of_one=4)
# A person has a few tabs. Each stream asks the database twice a second.
_FOLLOWED: Final = Streams(at_once=200, of_one=20)


@dataclass
class FindingFilters:
    code: Annotated[str | None, Query(max_length=100)] = None
    column: Annotated[str | None, Query(max_length=500)] = None
    line: Annotated[int | None, Query(ge=0, le=2**53)] = None
    severity: Annotated[Severity | None, Query()] = None


@results_api.get(
    "/v1/imports/{import_id}/findings",
    response_model=Page[ImportFindingOut],
    responses=problems(404, 422),
)
async def list_findings(
    import_id: ImportId,
    call: CatalogRead,
    page: PageOf,
    given: Annotated[FindingFilters, Depends()],
) -> Response:
    """List what was found in the file, by line.

    With `limit=200` it is the first 200 findings.
    """
    asked = page.of(given, int, int)
    async with call.read() as reader:
        one = await queries.get_import(reader, import_id=checked_id(import_id))
        findings = await queries.list_findings(
            reader, asked.window, asked.filters, import_id=one.id
        )

    def shown(finding: FindingView) -> dict[str, object]:
        return finding_out(finding, call.locale)

    return json_reply(asked.page(findings, shown, key=lambda f: (f.line, f.id)))


@results_api.get(
    "/v1/imports/{import_id}/findings:count",
    response_model=FindingCountsOut,
    responses=problems(404),
)
async def count_findings(import_id: ImportId, call: CatalogRead) -> Response:
    """Count what was found, by code and column.

    The 50 commonest.
    """
    async with call.read() as reader:
        one = await queries.get_import(reader, import_id=checked_id(import_id))
        counts = await queries.count_by_code(reader, import_id=one.id)
    return json_reply(finding_counts_out(counts))


@results_api.get(
    "/v1/imports/{import_id}/failed-rows",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A file of the same kind, with the reasons in the last column.",
            "content": {kind: {"schema": {"type": "string"}} for kind in MEDIA_TYPES.values()},
        },
        **problems(404, 409, 422, 429),
    },
)
async def get_failed_rows(import_id: ImportId, call: CatalogRead, spool: Spooled) -> Response:
    """Read the rows that failed, as a file to correct and send again.

    Of the same format as the file that was sent, with what is wrong in the last column, which is
    ignored when it is sent. Up to 200,000 rows.
    """
    async with call.read() as reader:
        one = await queries.get_import(reader, import_id=checked_id(import_id))
        reasons = await _reasons(reader, one, call.locale)
    async with _FILES_AT_ONCE.own(call.tenant), _FILES_AT_ONCE.among_all():
        try:
            await asyncio.to_thread(spool.prepare, one.file.bytes)
            form, file = await asyncio.to_thread(write_failed, spool.folder, one, reasons)
        except OSError as error:
            raise SpoolFull from error
    headers = {"Content-Disposition": f'attachment; filename="failed-rows.{form.value}"'}
    media_type = MEDIA_TYPES[form]
    return _FILES_SENT.answer(
        call.tenant, _pieces(file), headers=headers, media_type=media_type, at_end=file.close
    )


async def _pieces(file: BinaryIO) -> AsyncGenerator[bytes, None]:
    while piece := await asyncio.to_thread(file.read, _PIECE):
        yield piece


async def _reasons(reader: Reader, one: Import, locale: Locale) -> list[tuple[int, str]]:
    """What is wrong with each line, in the order of the lines."""
    found: dict[int, list[str]] = {}
    after: tuple[int, int] = (0, 0)
    while len(found) <= _FAILED_ROWS_MAX:
        page = await queries.list_errors(
            reader, import_id=one.id, after=after, rows_max=_ERRORS_AT_ONCE
        )
        for error in page:
            said = error.detail.in_language(locale)
            name = error.column or example_at(one.options.kind, error.field) or error.field
            told = f"{name}: {said}" if name and name not in said else said
            found.setdefault(error.line, []).append(told)
        if len(page) < _ERRORS_AT_ONCE:
            break
        after = page[-1].line, page[-1].id
    return [(line, "; ".join(said)) for line, said in found.items()][:_FAILED_ROWS_MAX]


@results_api.get(
    "/v1/imports/{import_id}/progress",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Server-sent events named `progress`: the import as GET shows it.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **problems(404, 429),
    },
)
async def follow_import(import_id: ImportId, call: CatalogRead) -> Response:
    """Follow the progress of an import.

    Server-sent events: one at once, one for each change, the last one when it has ended or waits
    for its columns.
    """
    async with call.read() as reader:
        one = await queries.get_import(reader, import_id=checked_id(import_id))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    events = _events(call, one)
    return _FOLLOWED.answer(call.tenant, events, headers=headers, media_type="text/event-stream")


async def _events(call: Call, one: Import) -> AsyncGenerator[bytes, None]:
    begun_s = told_s = monotonic_s()
    yield _event(call, one)
    told = one
    while not _rests(told) and monotonic_s() - begun_s < _STREAM_S:
        await asyncio.sleep(_LOOK_S)
        try:
            async with call.read() as reader:
                one = await queries.get_import(reader, import_id=told.id)
        except Unavailable:
            continue
        if (one.state, one.progress) != (told.state, told.progress):
            told, told_s = one, monotonic_s()
            yield _event(call, one)
        elif monotonic_s() - told_s > _SILENT_S:
            told_s = monotonic_s()
            yield b": still at it\n\n"


def _event(call: Call, one: Import) -> bytes:
    return b"event: progress\ndata: " + json_bytes(import_out(one, call.locale)) + b"\n\n"


def _rests(one: Import) -> bool:
    return one.state.is_final or one.state is State.NEEDS_MAPPING

"""/v1/timetable-imports: files of schedules, applied by the worker."""

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from services.routing.api.deps import ParkRead, ParkWrite
from services.routing.domain.timetable.imports import ImportMode
from services.routing.queries import timetable as queries
from services.routing.schemas.timetable import TimetableImportOut, faults_as_csv
from services.routing.use_cases.timetable import imports
from shared.db import UnitOfWork
from shared.http import Reply, json_reply, problems
from shared.http.uploads import UploadedFile, file_body

timetable_api = APIRouter(tags=["timetable"])

_FILE: Final = file_body("text/csv", "application/octet-stream", also=("text/plain",))
_CSV: Final = "text/csv; charset=utf-8; header=present"
TimetableImportId = Annotated[str, Path(pattern=r"^tti_[0-9a-f]{32}$")]


@timetable_api.post(
    "/v1/timetable-imports",
    status_code=202,
    response_model=TimetableImportOut,
    responses=problems(408, 413, 415, 422),
    openapi_extra=dict(_FILE.documented),
)
async def create_timetable_import(
    call: ParkWrite,
    file: Annotated[UploadedFile, Depends(_FILE)],
    mode: Annotated[
        ImportMode,
        Query(
            description="merge: flights of the file are added and changed. replace: besides,"
            " flights of the carriers that it names, in its period, that are not in it are"
            " cancelled."
        ),
    ] = ImportMode.MERGE,
) -> Response:
    """Import a timetable.

    The body is the file itself, CSV in UTF-8. A worker reads it soon: GET the address in
    `Location`. The same file again answers with the same import, if it had no findings and nothing
    was imported since.
    """
    content = await asyncio.to_thread(file.path.read_bytes)

    async def act(uow: UnitOfWork) -> Reply:
        one = await imports.queue_import(
            uow, mode=mode, sha256=file.sha256, content=content, now=call.clock.now()
        )
        body = TimetableImportOut.of(one, call.locale)
        return Reply(202, body, location=f"/v1/timetable-imports/{one.id}")

    return await call.once(act)


@timetable_api.get(
    "/v1/timetable-imports/{timetable_import_id}",
    response_model=TimetableImportOut,
    responses=problems(404, 422),
)
async def get_timetable_import(timetable_import_id: TimetableImportId, call: ParkRead) -> Response:
    """Read an import of a timetable and how far it has come."""
    async with call.read() as reader:
        one = await queries.get_import(reader, import_id=timetable_import_id)
    return json_reply(TimetableImportOut.of(one, call.locale))


@timetable_api.get(
    "/v1/timetable-imports/{timetable_import_id}/errors",
    response_class=Response,
    responses={
        200: {
            "description": "CSV with line, column, flight number, severity, code, text and fix.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        },
        **problems(404, 422),
    },
)
async def get_timetable_errors(timetable_import_id: TimetableImportId, call: ParkRead) -> Response:
    """Read what was found in a timetable file, by line.

    CSV, in the language that is asked for. Errors are of rows whose trip was not taken; warnings
    say what was done otherwise than the file says. Up to 10,000 lines.
    """
    async with call.read() as reader:
        await queries.get_import(reader, import_id=timetable_import_id)
        faults = await queries.list_faults(reader, import_id=timetable_import_id)
    text = await asyncio.to_thread(faults_as_csv, faults, call.locale)
    return json_reply(text.encode(), headers={"content-type": _CSV})

"""Imports: sending a file, watching what becomes of it, choosing columns, cancelling."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import AfterValidator, StringConstraints
from starlette.responses import Response

from services.catalog.api.deps import CatalogRead, CatalogWrite, CatalogWriteById
from services.catalog.domain.imports.job import (
    Import,
    ImportNotFound,
    Mode,
    Options,
    Parents,
    Policy,
    State,
    StoredFile,
)
from services.catalog.domain.imports.rows import ImportKind
from services.catalog.queries import imports as queries
from services.catalog.schemas.imports.jobs import (
    ColumnsIn,
    ColumnsOut,
    ImportOut,
    columns_out,
    constants_of,
    import_out,
)
from services.catalog.use_cases.imports import requests
from shared.db import UnitOfWork
from shared.documents.text import visible
from shared.http import Page, PageOf, Reply, json_reply, problems, representation
from shared.http.uploads import UploadedFile, file_body
from shared.kernel.ids import is_id

imports_api = APIRouter(tags=["imports"])

_FILE = file_body(
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/x-ndjson",
    "application/octet-stream",
    # What browsers, libraries and spreadsheets make of such files, CSV as Excel's on Windows.
    also=(
        "application/vnd.ms-excel",
        "application/vnd.ms-excel.sheet.macroenabled.12",
        "application/csv",
        "application/x-csv",
        "text/x-csv",
        "text/comma-separated-values",
        "text/tab-separated-values",
        "text/plain",
        "application/json",
        "application/jsonl",
        "application/ndjson",
        "application/zip",
        "application/x-zip-compressed",
    ),
)
ImportId = Annotated[str, Path(examples=["imp_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"])]


def checked_id(import_id: str) -> str:
    """Raises ImportNotFound."""
    if not is_id(import_id, "imp"):
        raise ImportNotFound
    return import_id


# `field:value`
_Constant = Annotated[
    str, StringConstraints(pattern=r"^[^:]{1,200}:.{1,200}$"), AfterValidator(visible)
]


def _visible(name: str | None) -> str | None:
    return None if name is None else visible(name)


@dataclass
class ImportOptions:
    kind: Annotated[ImportKind, Query(description="What the rows are about.")]
    policy: Annotated[
        Policy,
        Query(
            description="reject_everything: nothing is written if a row has a fault."
            " reject_failed_rows: the other rows are written. ignore_failed_fields: an optional"
            " value of a product with a fault is left out, and the row is written."
        ),
    ] = Policy.REJECT_FAILED_ROWS
    mode: Annotated[Mode, Query(description="Whether rows create, change, or do either.")] = (
        Mode.UPSERT
    )
    empty: Annotated[
        Literal["keep", "clear"],
        Query(description="What an empty cell does to an optional value that is there."),
    ] = "keep"
    parents: Annotated[
        Parents,
        Query(
            description="create: the parent of a variant is made if it is not there, of its row in"
            " the file or of its first variant. require: such a row fails."
        ),
    ] = Parents.CREATE
    constants: Annotated[
        list[_Constant] | None,
        Query(
            max_length=50,
            description="Values for fields that no column has, as a cell would have them:"
            " `constants=price.currency:USD&constants=origin_country:CN`.",
        ),
    ] = None
    dry_run: Annotated[bool, Query(description="Only check: nothing is written.")] = False
    filename: Annotated[
        str | None,
        Query(min_length=1, max_length=255, description="For people."),
        AfterValidator(_visible),
    ] = None


@imports_api.post(
    "/v1/imports",
    status_code=201,
    response_model=ImportOut,
    responses=problems(404, 408, 413, 415, 422),
    openapi_extra=dict(_FILE.documented),
)
async def create_import(
    given: Annotated[ImportOptions, Depends()],
    call: CatalogWrite,
    file: Annotated[UploadedFile, Depends(_FILE)],
) -> Response:
    """Import a file.

    The body is the file itself: CSV (UTF-8, UTF-16, GB18030), an Excel workbook (.xlsx) or NDJSON.
    Its format is found by its content, whatever the media type says; what is plainly another one,
    such as an old workbook (.xls), is refused at once. A worker reads it soon: GET the address in
    `Location`, or follow its progress.
    """
    options = Options(
        given.kind, given.policy, given.mode, given.empty, given.dry_run, given.parents
    )
    constants = constants_of(given.constants or (), given.kind)
    await asyncio.to_thread(requests.refuse_other_files, file.path)

    async def act(uow: UnitOfWork) -> Reply:
        stored = StoredFile(file.keep(), given.filename, file.media_type, file.bytes, file.sha256)
        one = await requests.queue_import(
            uow,
            tenant=call.tenant,
            options=options,
            constants=constants,
            file=stored,
            now=call.clock.now(),
        )
        return Reply(201, import_out(one, call.locale), location=f"/v1/imports/{one.id}")

    return await call.once(act)


@dataclass
class ImportFilters:
    kind: Annotated[ImportKind | None, Query()] = None
    status: Annotated[State | None, Query()] = None


@imports_api.get("/v1/imports", response_model=Page[ImportOut], responses=problems(422))
async def list_imports(
    call: CatalogRead, page: PageOf, given: Annotated[ImportFilters, Depends()]
) -> Response:
    """List imports, newest first."""
    asked = page.of(given, str)
    async with call.read() as reader:
        imports = await queries.list_imports(reader, asked.window, asked.filters)

    def shown(one: Import) -> dict[str, object]:
        return import_out(one, call.locale)

    return json_reply(asked.page(imports, shown, key=lambda one: (one.id,)))


@imports_api.get("/v1/imports/{import_id}", response_model=ImportOut, responses=problems(404))
async def get_import(import_id: ImportId, call: CatalogRead) -> Response:
    """Read an import and how far it has come."""
    async with call.read() as reader:
        one = await queries.get_import(reader, import_id=checked_id(import_id))
    return json_reply(import_out(one, call.locale))


@imports_api.post(
    "/v1/imports/{import_id}:cancel", response_model=ImportOut, responses=problems(404)
)
async def cancel_import(import_id: ImportId, call: CatalogWriteById) -> Response:
    """Cancel an import.

    It stops after the rows at hand. What has been written stays. Cancelling again, or after the
    end, changes nothing.
    """
    checked_id(import_id)

    async def act(uow: UnitOfWork) -> Reply:
        one = await requests.cancel_import(uow, import_id=import_id, now=call.clock.now())
        return Reply(200, import_out(one, call.locale))

    return await call.once(act)


@imports_api.get(
    "/v1/imports/{import_id}/columns", response_model=ColumnsOut, responses=problems(404)
)
async def get_columns(import_id: ImportId, call: CatalogRead) -> Response:
    """Read what the columns of the file are taken for.

    With some values of each, and all fields that a column can be. Empty until a worker has opened
    the file.
    """
    async with call.read() as reader:
        one = await queries.get_import(reader, import_id=checked_id(import_id))
    return json_reply(columns_out(one))


@imports_api.put(
    "/v1/imports/{import_id}/columns",
    response_model=ColumnsOut,
    responses=problems(404, 409, 412, 422),
)
async def put_columns(import_id: ImportId, body: ColumnsIn, call: CatalogWriteById) -> Response:
    """Choose what columns are.

    Possible while the import is `needs_mapping`; it goes on then. The choice is remembered for the
    merchant's next file with the same columns.
    """
    checked_id(import_id)

    async def act(uow: UnitOfWork) -> Reply:
        one = await requests.lock_import(uow, import_id=import_id)
        body.check(one)
        one = await requests.choose_columns(
            uow,
            one,
            targets=body.targets,
            constants=body.constants,
            remember=body.remember,
            now=call.clock.now(),
        )
        return representation(columns_out(one), at=f"/v1/imports/{one.id}/columns")

    return await call.change(act)

"""What a merchant asks of an import: queueing a file, choosing columns, cancelling."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from services.catalog.clients.sheets import refuse_other_kinds
from services.catalog.domain.imports.job import (
    Columns,
    Import,
    ImportNotFound,
    Options,
    Progress,
    State,
    StoredFile,
)
from services.catalog.domain.merchants import MerchantNotFound
from services.catalog.repository.imports import findings, jobs
from shared.db import UnitOfWork
from shared.kernel.ids import new_id


async def queue_import(
    uow: UnitOfWork,
    *,
    tenant: str,
    options: Options,
    constants: Mapping[str, str],
    file: StoredFile,
    now: datetime,
) -> Import:
    """A worker takes it soon. `constants`: values for fields that no column has, by field. Raises
    MerchantNotFound.
    """
    same = await jobs.find_same_file(
        uow, tenant=tenant, sha256=file.sha256, options=options, constants=constants
    )
    one = Import(
        id=new_id("imp"),
        merchant_id=tenant,
        options=options,
        file=file,
        state=State.QUEUED,
        progress=Progress(options.first_stage),
        columns=Columns(constants=constants),
        shape={},
        attempt=0,
        created_at=now,
        same_file_as=same,
    )
    if not await jobs.add_import(uow, one):
        raise MerchantNotFound
    return one


def refuse_other_files(path: Path) -> None:
    """Raises SheetKindUnknown or SheetEncrypted for a file that no worker could read: for a thread.

    Most of what can be wrong with a file is found when it is read.
    """
    refuse_other_kinds(path)


async def lock_import(uow: UnitOfWork, *, import_id: str) -> Import:
    """Raises ImportNotFound."""
    one = await jobs.lock_import(uow, import_id=import_id)
    if one is None:
        raise ImportNotFound
    return one


async def choose_columns(
    uow: UnitOfWork,
    one: Import,
    *,
    targets: Mapping[str, str],
    constants: Mapping[str, str],
    remember: bool,
    now: datetime,
) -> Import:
    """`one`: locked. Queues it again. Raises ImportNotWaiting."""
    mapped = one.mapped(targets, constants)
    await jobs.update_state(uow, mapped, now=now)
    if remember and (mapped.columns.chosen or mapped.columns.constants):
        await findings.remember_mapping(
            uow, mapped, mapped.columns, shape_hash=one.shape["hash"], now=now
        )
    return mapped


async def cancel_import(uow: UnitOfWork, *, import_id: str, now: datetime) -> Import:
    """What has been written stays. One that has ended does not change. Raises ImportNotFound."""
    one = await lock_import(uow, import_id=import_id)
    cancelled = one.cancelled()
    if cancelled is not one:
        await jobs.update_state(uow, cancelled, now=now)
    return cancelled

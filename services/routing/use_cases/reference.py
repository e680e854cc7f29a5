"""Loads the park's reference data: idempotent, and nothing to do while the files are the same."""

from pathlib import Path

from services.routing.clients.reference_files import DATA, read_reference
from services.routing.domain.reference.files import Reference
from services.routing.repository import reference
from services.routing.repository.flights import timetable
from services.routing.repository.turn import take_turn
from shared.db import UnitOfWork
from shared.kernel.ids import new_id


async def load_reference(uow: UnitOfWork, *, folder: Path = DATA) -> bool:
    """True if anything changed. Raises ReferenceFileWrong."""
    files = read_reference(folder)
    if (await timetable.get_timetable_state(uow)).reference_digest == files.digest:
        return False
    await take_turn(uow)
    if (await timetable.get_timetable_state(uow)).reference_digest == files.digest:
        return False
    await _save(uow, files)
    return True


async def _save(uow: UnitOfWork, files: Reference) -> None:
    await reference.upsert(uow, files.airports)
    await reference.upsert(uow, files.carriers)
    await reference.add_stock(uow, files.waybill_stock)
    await reference.upsert(uow, files.routes)
    await reference.upsert(uow, files.handling_times)
    await reference.upsert(uow, files.delivery_allowances)
    await reference.upsert(uow, files.country_places)
    await reference.set_digest(uow, digest=files.digest, version=new_id("tbl"))

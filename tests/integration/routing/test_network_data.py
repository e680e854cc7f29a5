"""NetworkData data is loaded again when the files change, and what is in use stays as it is."""

import shutil
from pathlib import Path
from typing import Final

from services.routing.clients.network_files import DATA
from services.routing.use_cases.network import load_network
from shared.db import Database, UnitOfWork, sql
from shared.kernel.identity import PARK
from tests.kit.transactions import in_vain

_ROUTE: Final = sql(
    "SELECT number, vehicle, payload_kg FROM routing.routes WHERE id = 'EHU-DEL-air'",
    lambda number, vehicle, payload_kg: (number, vehicle, payload_kg),
)
_RENUMBER: Final = sql("UPDATE routing.routes SET number = 9999 WHERE id = 'EHU-DEL-air'")
_USE: Final = sql("UPDATE routing.waybill_stock SET next_serial = 42 WHERE carrier = 'EH'")
_NEXT_SERIAL: Final = sql("SELECT next_serial FROM routing.waybill_stock WHERE carrier = 'EH'", int)
_VERSION: Final = sql("SELECT version FROM routing.timetable", str)


def with_a_smaller_aircraft(folder: Path) -> Path:
    for path in DATA.glob("*.csv"):
        shutil.copy(path, folder)
    routes = folder / "routes.csv"
    lines = routes.read_text(encoding="utf-8").splitlines(keepends=True)
    changed = [
        line.replace("B763F", "B752F").replace("52.0", "28.0")
        if line.startswith("EHU,DEL,")
        else line
        for line in lines
    ]
    assert changed != lines
    routes.write_text("".join(changed), encoding="utf-8")
    return folder


async def test_a_changed_route_keeps_its_number_and_a_stock_in_use_its_next_serial(
    routing_db: Database, tmp_path: Path
) -> None:
    folder = with_a_smaller_aircraft(tmp_path)
    async with in_vain(routing_db, PARK) as uow:
        await uow.execute(_RENUMBER)
        await uow.execute(_USE)
        version = await uow.fetch_value(_VERSION)

        assert await load_network(uow, folder=folder)

        assert await uow.fetch_first(_ROUTE) == (9999, "B752F", 28_000)
        assert await uow.fetch_value(_NEXT_SERIAL) == 42
        assert await uow.fetch_value(_VERSION) != version
        assert await is_loaded(uow, folder)


async def is_loaded(uow: UnitOfWork, folder: Path) -> bool:
    return not await load_network(uow, folder=folder)

"""Rates are loaded from their files, again when these change, and what operators changed stays."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from services.routing.clients.network_files import DATA, read_network
from services.routing.clients.rate_files import read_rates
from services.routing.domain.rates import files
from services.routing.domain.rates.files import contract_id
from services.routing.repository.rates import contracts
from services.routing.use_cases.rates.book import get_rate_book
from services.routing.use_cases.rates.loading import load_rates
from shared.db import Database, sql
from shared.kernel.identity import PARK
from tests.kit.transactions import in_vain

AIRPORTS: Final = {airport.iata: airport for airport in read_network(DATA).airports}
FIRST: Final = contract_id("* general air * 0 km")
_VERSIONS: Final = sql(
    "SELECT version, tariff->>'minimum_minor', is_current FROM routing.rate_contracts"
    f" WHERE id = '{FIRST}' ORDER BY version",
    lambda version, minimum, is_current: (version, minimum, is_current),
)


def changed(folder: Path) -> Path:
    for name in files.FILES:
        shutil.copy(DATA / name, folder / name)
    path = folder / files.CONTRACTS
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",30.94,", ",31.00,", 1), encoding="utf-8")
    with (folder / files.EXCHANGE_RATES).open("a", encoding="utf-8") as file:
        file.write("USD,7.30,2026-12-01,test,2026-11-28,synthetic\n")
    return folder


async def test_what_is_loaded_is_what_the_files_say(routing_db: Database) -> None:
    given = read_rates(DATA)
    async with routing_db.read(PARK) as reader:
        loaded = {one.id: one for one in await contracts.list_contracts(reader)}
        book = await get_rate_book(reader, AIRPORTS)

    assert [loaded[one.id] for one in given.contracts] == given.contracts
    assert sorted(map(repr, book.last_mile)) == sorted(map(repr, given.last_mile))


async def test_a_changed_contract_gets_a_new_version_and_keeps_the_old_one(
    routing_db: Database, tmp_path: Path
) -> None:
    folder = changed(tmp_path)
    async with in_vain(routing_db, PARK) as uow:
        before = await get_rate_book(uow, AIRPORTS)

        assert await load_rates(uow, folder=folder)
        assert not await load_rates(uow, folder=folder)

        assert await uow.fetch_all(_VERSIONS) == [(1, "3094", False), (2, "3100", True)]
        after = await get_rate_book(uow, AIRPORTS)
        assert after.version != before.version
        assert after.exchange_rates.get("USD", date(2026, 12, 1)).cny_per_unit_e8 == 730_000_000
        assert after.exchange_rates.get("USD", date(2026, 11, 30)).cny_per_unit_e8 == 710_000_000
        versions = {one.version for one in await contracts.list_contracts(uow)}
        assert versions == {1, 2}


async def test_files_leave_alone_what_an_operator_changed(
    routing_db: Database, tmp_path: Path
) -> None:
    async with in_vain(routing_db, PARK) as uow:
        ours = await contracts.find_contract(uow, FIRST)
        assert ours is not None
        by_hand = [replace(ours, version=2, minimum_minor=99_00)]
        await contracts.add_versions(uow, by_hand, is_from_files=False)

        assert await load_rates(uow, folder=changed(tmp_path))

        assert await contracts.find_contract(uow, FIRST) == by_hand[0]

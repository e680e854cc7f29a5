"""Loads the park's reference data: idempotent, and nothing to do while the files are the same."""

from pathlib import Path

from services.routing.clients.network_files import (
    DATA,
    read_acceptance_rules,
    read_emission_factors,
    read_network,
)
from services.routing.domain.network.files import NetworkData
from services.routing.domain.timetable.generated import generated_schedules
from services.routing.repository import acceptance, emissions, network
from services.routing.repository.timetable import flights
from services.routing.repository.timetable.schedules import save_schedules
from services.routing.repository.turn import take_turn
from services.routing.use_cases.rates.loading import load_rates
from shared.db import UnitOfWork
from shared.kernel.ids import new_id


async def load_network(uow: UnitOfWork, *, folder: Path = DATA) -> bool:
    """True if anything changed. Raises NetworkFileWrong, FactorsWrong, AcceptanceFileWrong or
    RateFileWrong.
    """
    has_new_rates = await load_rates(uow, folder=folder)
    files = read_network(folder)
    if (await flights.get_timetable_state(uow)).reference_digest == files.digest:
        return has_new_rates
    await take_turn(uow)
    if (await flights.get_timetable_state(uow)).reference_digest == files.digest:
        return has_new_rates
    await _save(uow, files)
    await emissions.set_emission_factors(uow, read_emission_factors(folder))
    await acceptance.set_acceptance_rules(uow, *read_acceptance_rules(folder))
    return True


async def _save(uow: UnitOfWork, files: NetworkData) -> None:
    await network.upsert(uow, files.airports)
    await network.upsert(uow, files.carriers)
    await network.add_stock(uow, files.waybill_stock)
    await network.upsert(uow, files.vehicles)
    await network.upsert(uow, files.routes)
    airports = {airport.iata: airport for airport in files.airports}
    await save_schedules(
        uow,
        [one for route in files.routes for one in generated_schedules(route, airports)],
    )
    await network.upsert(uow, files.handling_times)
    await network.upsert(uow, files.country_places)
    await network.set_station_times(uow, files.station_times)
    await network.set_delivery_regions(uow, files.delivery_regions)
    await network.set_embargoes(uow, files.embargoes)
    await network.upsert(uow, files.stores)
    await network.set_digest(uow, digest=files.digest, version=new_id("tbl"))

"""The timetable in memory, to search in.

Each process has a copy of its own, with a version and an age. It speeds up the search and decides
nothing: the statement that takes room on a flight decides whether there is any.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from services.routing.domain.flights.timetable import Timetable
from services.routing.domain.shipments.planning import HUB, SearchBasis
from services.routing.domain.shipments.reachability import Network
from services.routing.repository import network
from services.routing.repository.timetable import flights
from services.routing.use_cases.timetable.horizon import ensure_timetable
from shared.db import UnitOfWork
from shared.kernel.clock import monotonic_s

_AGE_S_MAX: Final = 2.0
"""The search sees room that was given back on a flight after at most that long."""


class _Copy:
    """The newest basis of this process. Versions are unique, so databases cannot mix."""

    basis: SearchBasis | None = None
    read_at_s: float = 0.0


def _keep(basis: SearchBasis) -> SearchBasis:
    _Copy.basis, _Copy.read_at_s = basis, monotonic_s()
    return basis


async def prepare(uow: UnitOfWork, *, now: datetime) -> None:
    """Before the first booking of this process: a fresh park may have no reference data yet."""
    if _Copy.basis is None:
        await ensure_timetable(uow, now=now)


async def current_basis(uow: UnitOfWork, *, state: tuple[str, int], now: datetime) -> SearchBasis:
    """The copy in memory if it shows `state` of the timetable and is young, else a fresh one."""
    basis = _Copy.basis
    if basis is None or basis.state != state:
        return await _read_basis(uow, now=now)
    if monotonic_s() - _Copy.read_at_s > _AGE_S_MAX:
        return await _with_room(uow, basis, now=now)
    return basis


async def refreshed(uow: UnitOfWork, basis: SearchBasis, *, now: datetime) -> SearchBasis:
    """The basis with the room that is left on each flight now: exact, as the turn is taken."""
    if (await flights.get_timetable_state(uow)).key != basis.state:
        return await _read_basis(uow, now=now)
    return await _with_room(uow, basis, now=now)


async def _with_room(uow: UnitOfWork, basis: SearchBasis, *, now: datetime) -> SearchBasis:
    room = await flights.get_room(uow, now=now)
    return _keep(replace(basis, timetable=basis.timetable.with_room(room)))


async def _read_basis(uow: UnitOfWork, *, now: datetime) -> SearchBasis:
    await ensure_timetable(uow, now=now)
    state = (await flights.get_timetable_state(uow)).key
    handling = await network.get_handling_times(uow)
    open_flights = await flights.list_open_flights(uow, now=now)
    room = await flights.get_room(uow, now=now)
    routes_and_places = Network.of(
        hub=HUB,
        routes=await network.list_routes(uow),
        airports=await network.list_airports(uow),
        places=await network.list_country_places(uow),
    )
    return _keep(
        SearchBasis(
            timetable=Timetable(state, open_flights, handling, room),
            network=routes_and_places,
            handling=handling,
            allowance_h=await network.get_delivery_allowances(uow),
        )
    )

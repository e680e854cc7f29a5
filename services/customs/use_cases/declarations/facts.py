"""Facts of orders, shipments and flights become dossiers. A complete dossier is matched at once."""

from collections.abc import Sequence
from datetime import datetime

from services.customs.domain.declarations.dossier import Dossier
from services.customs.domain.declarations.facts import DossierFacts, merge_by_order
from services.customs.domain.movements.flight import DepartedFlight
from services.customs.repository import declarations, lanes
from services.customs.repository.movements import departures
from services.customs.repository.movements.departures import NotedDeparture
from services.customs.use_cases.declarations.matching import decide_dossiers
from services.customs.use_cases.declarations.rulebooks import Rulebooks
from services.customs.use_cases.movements.recording import record_flights
from shared.db import UnitOfWork

# What an event of another service means here.
Fact = DossierFacts | DepartedFlight


async def record_slice(
    uow: UnitOfWork,
    facts: Sequence[Fact],
    /,
    *,
    rulebooks: Rulebooks,
    now: datetime,
    real_now: datetime,
) -> None:
    """What the events of a slice mean. Runs for the whole park."""
    dossiers = [fact for fact in facts if isinstance(fact, DossierFacts)]
    await record_facts(uow, facts=dossiers, rulebooks=rulebooks, now=now, real_now=real_now)
    flights = [fact for fact in facts if isinstance(fact, DepartedFlight)]
    await record_flights(uow, flights=flights)


async def record_facts(
    uow: UnitOfWork,
    *,
    facts: Sequence[DossierFacts],
    rulebooks: Rulebooks,
    now: datetime,
    real_now: datetime,
) -> None:
    """Any number of facts of any orders, in any order, repeated or not."""
    merged = merge_by_order(facts)
    if not merged:
        return
    dossiers = await declarations.upsert_dossiers(uow, merged, now=now)
    departed = _departed(dossiers, merged)
    if departed:
        await departures.note_departures(uow, departed, real_now=real_now)
    await decide_dossiers(uow, dossiers, rulebooks=rulebooks, now=now, real_now=real_now)
    rebooked = _rebooked(dossiers, merged)
    if rebooked:
        await lanes.move_cut_offs(uow, rebooked)


def _departed(dossiers: Sequence[Dossier], facts: Sequence[DossierFacts]) -> list[NotedDeparture]:
    departures_by_order = {fact.order_id: fact.departure for fact in facts if fact.departure}
    return [
        NotedDeparture(one.subject.id, one.subject.merchant_id, departure)
        for one in dossiers
        if (departure := departures_by_order.get(one.subject.order_id)) is not None
    ]


def _rebooked(dossiers: Sequence[Dossier], facts: Sequence[DossierFacts]) -> list[str]:
    """Declarations with a list whose parcels may have a new cut-off."""
    booked = {fact.order_id for fact in facts if fact.shipment is not None}
    return [one.subject.id for one in dossiers if one.list_id and one.subject.order_id in booked]

"""Facts of orders, shipments and flights become dossiers. A complete dossier is matched at once."""

from collections.abc import Sequence
from datetime import datetime

from services.customs.domain.declarations.dossier import decide_all
from services.customs.domain.declarations.facts import DossierFacts, Fact, merge_by_order
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.departures.flight import DepartedFlight
from services.customs.events.declarations import declaration_event
from services.customs.repository import declarations, lanes
from services.customs.use_cases import metrics
from services.customs.use_cases.declarations.announcing import announce
from services.customs.use_cases.departures import record_flights
from shared.db import UnitOfWork


async def record_slice(
    uow: UnitOfWork,
    facts: Sequence[Fact],
    /,
    *,
    rulebook: Rulebook,
    now: datetime,
    real_now: datetime,
) -> None:
    """What the events of a slice mean. Runs for the whole park."""
    dossiers = [fact for fact in facts if isinstance(fact, DossierFacts)]
    await record_facts(uow, facts=dossiers, rulebook=rulebook, now=now, real_now=real_now)
    flights = [fact for fact in facts if isinstance(fact, DepartedFlight)]
    await record_flights(uow, flights=flights)


async def record_facts(
    uow: UnitOfWork,
    *,
    facts: Sequence[DossierFacts],
    rulebook: Rulebook,
    now: datetime,
    real_now: datetime,
) -> None:
    """Any number of facts of any orders, in any order, repeated or not."""
    merged = merge_by_order(facts)
    if not merged:
        return
    dossiers = await declarations.upsert_dossiers(uow, merged, now=now, real_now=real_now)

    decided = decide_all(dossiers, merged, rulebook=rulebook, now=now)

    if decided.changes:
        await declarations.save_changes(uow, decided.changes, now=now)
        announce(uow, decided.announcements, declaration_event, now=now)
        metrics.count_decisions(uow, decided.changes)
    if decided.leaving:
        await lanes.leave_queues(uow, decided.leaving)
    if decided.rebooked:
        await lanes.move_cut_offs(uow, decided.rebooked)

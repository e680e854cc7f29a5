"""After the day: reads the three ledgers, compares them, and writes the report."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from deploy.sandbox.day.conductor import Played
from deploy.sandbox.factory.clerk import ClerksWork
from deploy.sandbox.ledgers.audit import Audit, audit
from deploy.sandbox.ledgers.catalog_orders import CatalogOrder
from deploy.sandbox.ledgers.checks import (
    LedgerCheck,
    answer_checks,
    catalog_checks,
    clerk_checks,
    dead_letter_checks,
    kafka_checks,
    slice_checks,
    webhook_checks,
)
from deploy.sandbox.ledgers.declarations import DeclaredList, customs_checks, desk_checks
from deploy.sandbox.ledgers.kpis import published_kpis
from deploy.sandbox.ledgers.recount import kpi_checks, recount
from deploy.sandbox.marketplaces.sending import buckets
from deploy.sandbox.progress import ProgressLine
from deploy.sandbox.report.day_report import (
    ClerkCounts,
    DayReport,
    DeskCounts,
    EvidenceHead,
    RequestCounts,
    SkippedTime,
    SliceCounts,
    WorldCounts,
)
from deploy.sandbox.report.figures import figures
from deploy.sandbox.report.promises import promise_lines
from deploy.sandbox.report.refusals import refusal_of_the_day
from deploy.sandbox.world import OutsideWorld
from shared.contracts.topics import PUBLIC_TOPICS, TOPICS
from shared.kafka.reading import read_all
from shared.kernel.clock import real_now
from shared.kernel.instants import rfc3339

_DEAD_LETTERS: Final = tuple(name for name in TOPICS if name.endswith(".dlq"))


async def reconcile(played: Played) -> DayReport:
    """Raises RequestFailed or KafkaError."""
    kafka, catalog = played.park.settings.kafka, played.park.client("catalog")
    with ProgressLine("three ledgers") as progress:
        progress.show("Kafka from its first record")
        found = audit(await read_all(kafka, PUBLIC_TOPICS), played.since)
        dead = [f"{r.topic}@{r.offset}" for r in await read_all(kafka, _DEAD_LETTERS)]
        progress.show("catalog's list of orders")
        listed = [CatalogOrder.of(shown) async for shown in catalog.pages("/v1/orders")]
        orders = {order.id: order for order in listed}
        merchants = [row async for row in catalog.pages("/v1/merchants")]
        offices = sum(row["has_office"] for row in merchants)
        counted = recount(listed, found, len(merchants), offices)
        progress.show("analytics' figures")
        published = await published_kpis(counted, played.park.client("analytics"))
        checks = _checks(played, orders, found, dead) + kpi_checks(counted, published)
        progress.show("customs' declarations, and the office's ledger")
        declared = await _declared(played)
        office, desk = played.world.office, played.desk
        checks += customs_checks(declared, office.decided(), office.untaken)
        checks += desk_checks(desk.repaired, desk.taken_back, desk.refused, declared, orders)
        if played.clerk is not None:
            maker = played.clerk.merchant_id
            goods = [product async for product in catalog.pages("/v1/products", tenant=maker)]
            checks += clerk_checks(played.clerk, goods)
        progress.show(f"{len(orders):,} orders, {len(found.ids):,} events, "
                      f"{len(played.partner.ledger.types):,} webhooks")  # fmt: skip
        head = (await played.park.client("customs").get("/v1/evidence/head")).must()
        progress.show("routing's promises")
        routing = played.park.client("routing")
        promised = (await routing.get("/v1/promises")).must()
        grades = (await routing.get("/v1/promise-grades")).must()
        refusal = await refusal_of_the_day(
            routing,
            merchant_id=played.park.merchant_ids[0],
            ready_at=rfc3339(played.park.settings.clock.now().replace(microsecond=0)),
        )
    evidence = EvidenceHead(head["number"], head["hash"])
    work = _desk(played, declared)
    return replace(
        _report(played, orders, found, checks),
        evidence=evidence,
        desk=work,
        promises=promise_lines(promised, grades),
        refusal=refusal,
    )


async def _declared(played: Played) -> list[DeclaredList]:
    """Of this run."""
    accepted = played.markets.outcome.accepted
    pages = played.park.client("customs").pages("/v1/declarations")
    declared = [DeclaredList.of(shown) async for shown in pages]
    return [one for one in declared if one.order_id in accepted]


def _desk(played: Played, declared: Sequence[DeclaredList]) -> DeskCounts:
    ends = {one.order_number: one.status for one in declared}
    return DeskCounts(
        repaired={number: ends[number] for number in played.desk.repaired},
        taken_back={number: ends[number] for number in played.desk.taken_back},
    )


def _checks(
    played: Played, orders: Mapping[str, CatalogOrder], found: Audit, dead: list[str]
) -> list[LedgerCheck]:
    accepted = played.markets.outcome.accepted
    mark = f"-{played.name}"
    ours = {order.id for order in orders.values() if mark in order.order_number}
    return [
        *slice_checks(played.plan.invoices, buckets(played.plan, played.markets.outcome)),
        *catalog_checks(accepted, orders, ours),
        *kafka_checks(accepted, orders, found),
        *webhook_checks(played.partner.ledger, found),
        *dead_letter_checks(dead),
        *answer_checks(played.park.pool.answers),
    ]


def _report(
    played: Played,
    orders: Mapping[str, CatalogOrder],
    found: Audit,
    checks: Sequence[LedgerCheck],
) -> DayReport:
    park, lapse = played.park, played.lapse
    clock, pool = park.settings.clock, park.pool
    accepted = played.markets.outcome.accepted
    ours = [orders[order_id] for order_id in accepted if order_id in orders]
    return DayReport(
        title=f"One day at the park, business time × {clock.rate:g}",
        finished_at=rfc3339(real_now().replace(microsecond=0)),
        business_time=rfc3339(clock.now().replace(microsecond=0)),
        rate=clock.rate,
        run=played.name,
        seconds=played.took_s,
        skipped=SkippedTime(round(lapse.moved_on.total_seconds() / 3600, 1), lapse.moves)
        if lapse
        else SkippedTime(),
        unfinished=played.unfinished,
        slice=_slice(played),
        figures=figures(
            ours,
            belts=park.belts,
            found=found,
            ledger=played.partner.ledger,
            flights_since=played.begun_at,
            rate=clock.rate,
        ),
        world=_world(played.world),
        examples={order.status: order.id for order in ours},
        requests=RequestCounts(
            answers={str(status): n for status, n in sorted(pool.answers.items())},
            resent=dict(pool.resent.most_common()),
        ),
        checks=tuple(checks),
        faults=tuple(played.killed),
        outage=played.outage,
        clerk=None if played.clerk is None else _clerk(played.clerk),
    )


def _clerk(work: ClerksWork) -> ClerkCounts:
    steps = work.steps
    return ClerkCounts(
        rows=len(work.goods),
        findings=dict(work.findings.most_common()),
        failed_at_first=steps["import"].failed,
        written=steps["import"].new + steps["import"].changed,
        corrected=steps["corrected"].new + steps["corrected"].changed,
        written_again=steps["again"].new + steps["again"].changed,
        took_s=work.took_s,
        timeline=work.timeline,
    )


def _slice(played: Played) -> SliceCounts:
    plan, outcome = played.plan, played.markets.outcome
    return SliceCounts(
        file=played.park.settings.orders.name,
        invoices=plan.invoices,
        rows=plan.rows,
        buckets=buckets(plan, outcome),
        refused=dict(outcome.refused.most_common()),
        cancellations_refused=dict(outcome.cancellations_refused.most_common()),
        dropped={str(why): count for why, count in plan.dropped.most_common()},
    )


def _world(world: OutsideWorld) -> WorldCounts:
    return WorldCounts(
        receipts_sent=dict(world.office.sent.most_common()),
        receipts_unmatched=world.office.unmatched,
        messages_unreadable=tuple(world.office.unreadable[:10]),
        flight_reports=dict(world.airlines.reported.most_common()),
        flight_reports_refused=dict(world.airlines.refused.most_common()),
        screened={f"lane {s.lane}": s.screened for s in world.scanners},
        screened_twice=sum(scanner.failed_at_first for scanner in world.scanners),
        screenings_refused=sum(scanner.refused for scanner in world.scanners),
    )

"""After the day: reads the three ledgers, compares them, and puts the report together."""

from dataclasses import asdict
from typing import Any, Final

from deploy.sandbox.day.conductor import Played
from deploy.sandbox.ledgers.audit import Audit, audit
from deploy.sandbox.ledgers.checks import (
    LedgerCheck,
    answer_checks,
    catalog_checks,
    dead_letter_checks,
    kafka_checks,
    slice_checks,
    webhook_checks,
)
from deploy.sandbox.ledgers.kpis import figures_like
from deploy.sandbox.ledgers.recount import kpi_checks, recount
from deploy.sandbox.marketplaces.sending import buckets
from deploy.sandbox.progress import ProgressLine
from deploy.sandbox.report import page as pages
from deploy.sandbox.report.figures import Report, figures
from shared.contracts.topics import PUBLIC_TOPICS, TOPICS
from shared.kafka.reading import read_all
from shared.kernel.clock import real_now
from shared.kernel.instants import rfc3339

_DEAD_LETTERS: Final = tuple(name for name in TOPICS if name.endswith(".dlq"))
Orders = dict[str, dict[str, Any]]


async def reconcile(played: Played) -> Report:
    """The finished report. Raises RequestFailed or KafkaError."""
    park = played.park
    kafka = park.settings.kafka
    with ProgressLine("three ledgers") as progress:
        progress.show("Kafka from its first record")
        found = audit(await read_all(kafka, PUBLIC_TOPICS), played.since)
        dead = await read_all(kafka, _DEAD_LETTERS)
        progress.show("catalog's list of orders")
        orders: Orders = {
            order["id"]: order async for order in park.client("catalog").pages("/v1/orders")
        }
        given_up = [f"{record.topic}@{record.offset}" for record in dead]
        merchants = [row async for row in park.client("catalog").pages("/v1/merchants")]
        offices = sum(row["has_office"] for row in merchants)
        counted = recount(orders.values(), found, len(merchants), offices)
        progress.show("analytics' figures")
        told = await figures_like(counted, park.client("analytics"))
        checks = _checks(played, orders, found, given_up) + kpi_checks(counted, told)
        progress.show(f"{len(orders):,} orders, {len(found.ids):,} events, "
                      f"{len(played.partner.ledger.types):,} webhooks")  # fmt: skip
    return _report(played, orders, found, checks)


def _checks(played: Played, orders: Orders, found: Audit, dead: list[str]) -> list[LedgerCheck]:
    accepted = played.markets.outcome.accepted
    ours = {i for i, order in orders.items() if order["order_number"].endswith(f"-{played.name}")}
    counted = buckets(played.plan, played.markets.outcome)
    return [
        *slice_checks(played.plan.invoices, counted),
        *catalog_checks(accepted, orders, ours),
        *kafka_checks(accepted, orders, found),
        *webhook_checks(played.partner.ledger, found),
        *dead_letter_checks(dead),
        *answer_checks(played.park.pool.answers),
    ]


def _report(played: Played, orders: Orders, found: Audit, checks: list[LedgerCheck]) -> Report:
    park, plan, outcome = played.park, played.plan, played.markets.outcome
    settings = park.settings
    ours = [orders[order_id] for order_id in outcome.accepted if order_id in orders]
    return {
        "title": f"One day at the park, business time × {settings.clock.rate:g}",
        "finished_at": rfc3339(real_now().replace(microsecond=0)),
        "business_time": rfc3339(settings.clock.now().replace(microsecond=0)),
        "rate": settings.clock.rate,
        "run": played.name,
        "ok": all(check.ok for check in checks),
        "seconds": played.took_s,
        "passed_over": {
            "hours": round(played.lapse.moved_on.total_seconds() / 3600, 1) if played.lapse else 0,
            "moves": played.lapse.moves if played.lapse else 0,
        },
        "unfinished": played.unfinished,
        "slice": {
            "file": settings.orders.name,
            "invoices": plan.invoices,
            "rows": plan.rows,
            "buckets": buckets(plan, outcome),
            "refused": dict(outcome.refused.most_common()),
            "cancellations_refused": dict(outcome.cancellations_refused.most_common()),
            "dropped": {str(why): count for why, count in plan.dropped.most_common()},
        },
        **figures(
            ours,
            belts=park.belts,
            found=found,
            ledger=played.partner.ledger,
            flights_since=played.flights_since,
            rate=settings.clock.rate,
        ),
        "world": _world(played),
        "examples": {order["status"]: order["id"] for order in ours},
        "doors": {
            "answers": {str(status): n for status, n in sorted(park.pool.answers.items())},
            "resent": dict(park.pool.resent.most_common()),
        },
        "faults": [asdict(killed) for killed in played.killed],
        "checks": pages.checks_as_dicts(checks),
    }


def _world(played: Played) -> Report:
    world = played.world
    return {
        "receipts_sent": dict(world.office.sent.most_common()),
        "receipts_unmatched": world.office.unmatched,
        "messages_unreadable": world.office.unreadable[:10],
        "flight_reports": dict(world.airlines.reported.most_common()),
        "flight_reports_refused": dict(world.airlines.refused.most_common()),
        "screened": {f"lane {s.lane}": s.screened for s in world.scanners},
        "screened_twice": sum(scanner.failed_at_first for scanner in world.scanners),
        "screenings_refused": sum(scanner.refused for scanner in world.scanners),
    }

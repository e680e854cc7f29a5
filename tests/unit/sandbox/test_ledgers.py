"""Every check of the three ledgers holds on a good day, and goes red when its ledger is cut."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

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
from deploy.sandbox.ledgers.recount import kpi_checks, recount
from deploy.sandbox.marketplaces.plan import (
    Aside,
    Line,
    PlannedCancellation,
    PlannedOrder,
    SlicePlan,
)
from deploy.sandbox.marketplaces.sending import Bucket, SendingOutcome, buckets
from deploy.sandbox.partner.ledger import WebhookLedger
from deploy.sandbox.report import page as pages
from deploy.sandbox.report.figures import figures
from shared.kafka.reading import StoredRecord
from tests.support.events.envelopes import an_envelope

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
ORDERS, SHIPMENTS = "airlane.catalog.orders.v1", "airlane.routing.shipments.v1"
DECLARATIONS, FLIGHTS = "airlane.customs.declarations.v1", "airlane.routing.flights.v1"


def record(
    topic: str, event: str, subject: str, version: int, offset: int, **data: Any
) -> StoredRecord:
    envelope = an_envelope(
        id=f"evt_{subject}_{version}",
        type=event,
        subject=subject,
        time=AT + timedelta(minutes=offset),
        aggregate_version=version,
        data=json.dumps(data).encode(),
    )
    return StoredRecord(topic, 0, offset, 0, envelope)


def log_of_a_day() -> list[StoredRecord]:
    """Two orders: one delivered, one waiting for stock."""
    facts: dict[str, Any] = {
        "order_id": "ord_1",
        "channel": None,
        "rebooked": False,
        "placed_at": AT.isoformat(),
        "gross_weight_g": 700,
    }
    changed = "catalog.order.status_changed"
    declared = facts | {"status": "released", "channel": "green", "lane": 2}
    submitted = declared | {"at": (AT + timedelta(minutes=3)).isoformat()}
    released = declared | {"at": (AT + timedelta(minutes=5.5)).isoformat()}
    # Placed at 16:00 of the park's clock, delivered at 01:00 two days later.
    delivered = facts | {"delivered_at": (AT + timedelta(hours=33)).isoformat()}
    flight = {
        "mode": "air",
        "flight_number": "O3701",
        "origin": "EHU",
        "destination": "LGG",
        "shipments": 1,
        "gross_weight_g": 2_500_000,
        "departed_at": (AT + timedelta(hours=9)).isoformat(),
    }
    return [
        record(ORDERS, "catalog.order.placed", "ord_1", 1, 0, **facts),
        record(ORDERS, "catalog.order.backordered", "ord_2", 1, 1, order_id="ord_2"),
        record(SHIPMENTS, "routing.shipment.booked", "shp_1", 1, 2, **facts),
        record(DECLARATIONS, "customs.declaration.submitted", "dec_1", 1, 3, **submitted),
        record(DECLARATIONS, "customs.declaration.released", "dec_1", 2, 4, **released),
        record(DECLARATIONS, "customs.declaration.screened", "dec_1", 3, 5, **declared),
        record(FLIGHTS, "routing.flight.departed", "flt_1", 1, 6, **flight),
        record(SHIPMENTS, "routing.shipment.departed", "shp_1", 2, 7, **facts),
        record(SHIPMENTS, "routing.shipment.delivered", "shp_1", 3, 8, **delivered),
        record(ORDERS, changed, "ord_1", 2, 9, order_id="ord_1", status="delivered"),
    ]


def listed(order_id: str, status: str, **more: Any) -> dict[str, Any]:
    return {
        "id": order_id,
        "merchant_id": "mer_1",
        "store": "DE",
        "status": status,
        "ship_to": {"country": "DE"},
        "total": {"amount": "12.50", "currency": "GBP"},
        "findings": [],
        **more,
    }


CATALOG = {
    "ord_1": listed("ord_1", "delivered"),
    "ord_2": listed(
        "ord_2", "backordered", findings=[{"detail": "Not enough: 22086 0/6.", "fix": "Restock."}]
    ),
}
ACCEPTED = {"ord_1": "1-run", "ord_2": "2-run"}


def ledger_of(found: Audit) -> WebhookLedger:
    return WebhookLedger(types=dict(found.ids), attempts=Counter(dict.fromkeys(found.ids, 1)))


def all_checks(
    records: list[StoredRecord],
    catalog: dict[str, dict[str, Any]],
    cut: Callable[[WebhookLedger], None],
) -> dict[str, LedgerCheck]:
    found = audit(records, {})
    ledger = ledger_of(audit(log_of_a_day(), {}))
    cut(ledger)
    checks = [
        *catalog_checks(ACCEPTED, catalog, catalog.keys()),
        *kafka_checks(ACCEPTED, catalog, found),
        *webhook_checks(ledger, found),
    ]
    return {check.name: check for check in checks}


def test_all_checks_hold_on_a_good_day() -> None:
    checks = all_checks(log_of_a_day(), CATALOG, lambda _: None)
    assert [check for check in checks.values() if not check.ok] == []


def test_event_told_again_changes_nothing() -> None:
    log = log_of_a_day()
    log.append(StoredRecord(ORDERS, 0, 10, 0, log[0].envelope))
    assert audit(log, {}).repeated == 1
    assert all(check.ok for check in all_checks(log, CATALOG, lambda _: None).values())


def swapped(log: list[StoredRecord]) -> list[StoredRecord]:
    return [*log[:3], log[4], log[3], *log[5:]]


def placed_again(log: list[StoredRecord]) -> list[StoredRecord]:
    facts = {"order_id": "ord_1", "placed_at": AT.isoformat()}
    return [*log, record(ORDERS, "catalog.order.placed", "ord_1", 3, 10, **facts)]


def same_version(log: list[StoredRecord]) -> list[StoredRecord]:
    twin = record(ORDERS, "catalog.order.cancelled", "ord_1", 1, 10, order_id="ord_1")
    assert twin.envelope is not None
    other = replace(twin.envelope, id="evt_other")
    return [*log, StoredRecord(ORDERS, 0, 10, 0, other)]


@pytest.mark.parametrize(
    ("cut", "name"),
    [
        (lambda log: log[1:], "Kafka: each order begins with one event"),
        (lambda log: [*log[:4], *log[5:]], "Kafka: versions have no gap"),
        (swapped, "Kafka: versions are in order"),
        (placed_again, "Kafka: no order is placed twice"),
        (same_version, "Kafka: one version is one event"),
        (lambda log: log[:-1], "Kafka and catalog agree on every order's state"),
        (lambda log: log[:-1], "webhooks: nothing arrived that Kafka has not"),
        (
            lambda log: [*log, StoredRecord(ORDERS, 0, 10, 0, None)],
            "Kafka: every record is an event of ours",
        ),
    ],
)
def test_cut_log_is_seen(
    cut: Callable[[list[StoredRecord]], list[StoredRecord]], name: str
) -> None:
    checks = all_checks(cut(log_of_a_day()), CATALOG, lambda _: None)
    assert not checks[name].ok
    assert checks[name].differing


@pytest.mark.parametrize(
    ("catalog", "name"),
    [
        ({"ord_1": CATALOG["ord_1"]}, "catalog has every order that was accepted"),
        (
            CATALOG | {"ord_3": listed("ord_3", "delivered")},
            "catalog has each of them once, and no other",
        ),
        (CATALOG | {"ord_1": listed("ord_1", "booked")}, "every order came to an end"),
        (
            CATALOG | {"ord_2": listed("ord_2", "held")},
            "every order that was not delivered has a reason",
        ),
    ],
)
def test_cut_catalog_is_seen(catalog: dict[str, dict[str, Any]], name: str) -> None:
    assert not all_checks(log_of_a_day(), catalog, lambda _: None)[name].ok


@pytest.mark.parametrize(
    ("cut", "name"),
    [
        (lambda ledger: ledger.types.popitem(), "webhooks: every event arrived"),
        (
            lambda ledger: ledger.types.update(evt_x="a.b.c"),
            "webhooks: nothing arrived that Kafka has not",
        ),
        (
            lambda ledger: ledger.types.update(evt_ord_1_1="a.b.c"),
            "webhooks: types agree with Kafka",
        ),
        (lambda ledger: ledger.unverified.append("x"), "webhooks: every signature was right"),
    ],
)
def test_cut_webhooks_are_seen(cut: Callable[[WebhookLedger], None], name: str) -> None:
    assert not all_checks(log_of_a_day(), CATALOG, cut)[name].ok


def test_events_before_the_endpoint_need_not_arrive() -> None:
    found = audit(log_of_a_day(), {(ORDERS, 0): 9, (SHIPMENTS, 0): 99})
    assert "evt_ord_1_1" not in found.since
    assert "evt_ord_1_2" in found.since


def test_smaller_checks_go_red() -> None:
    assert not slice_checks(3, {"sent": 2})[0].ok
    assert not dead_letter_checks(["airlane.x.dlq@0"])[0].ok
    assert not answer_checks({200: 5, 500: 1})[0].ok
    assert answer_checks({200: 5, 503: 1})[0].ok


def test_recount_has_all_figures_of_analytics() -> None:
    onward = {"mode": "air", "flight_number": "O3702", "origin": "LGG", "gross_weight_g": 500_000}
    by_road = {"mode": "road", "flight_number": "O3703", "origin": "EHU", "gross_weight_g": 1}
    log = log_of_a_day()
    for n, flight in enumerate((onward, by_road), start=2):
        log.append(record(FLIGHTS, "routing.flight.departed", f"flt_{n}", 1, 10 + n, **flight))
    counted = recount(CATALOG.values(), audit(log, {}), merchants=2, offices=1)
    assert counted == {
        "orders": "2",
        "orders that are delivered": "1",
        "orders that are backordered": "1",
        "trade volume DE GBP": "12.50",
        "companies": "2",
        "offices": "1",
        "clearance_time_p50": "150.0",
        "clearance_time_p95": "150.0",
        "next_day_share": "0.0",
        "tonnes_shipped": "0.0007",
        "tonnes": "2.5",
        "tonnes_all_legs": "3.0",
        "flights_departed": "1",
        "routes_flown": "1",
    }
    assert kpi_checks(counted, dict(counted))[0].ok
    assert not kpi_checks(counted, counted | {"offices": "2"})[0].ok


def test_every_invoice_is_in_one_bucket() -> None:
    def an_order(invoice: str, number: str) -> PlannedOrder:
        return PlannedOrder(invoice, number, "1", "DE", "DE", (Line("A", "", 1, "1.00"),))

    plan = SlicePlan(
        steps=[
            an_order("1", "1"),
            an_order("1", "1/2"),
            an_order("2", "2"),
            an_order("3", "3"),
            an_order("3", "3/2"),
            PlannedCancellation("C1", "1"),
        ],
        aside={"A9": Aside.NOT_GOODS},
    )
    outcome = SendingOutcome(cancelled={"C1": Bucket.CANCELLED})
    outcome.by_invoice.update({"1": ["ord_1", "ord_2"], "3": ["ord_3"]})
    outcome.refused_parts.update({"2": 1, "3": 1})
    assert buckets(plan, outcome) == {
        Aside.NOT_GOODS: 1,
        Bucket.SENT: 1,
        Bucket.REFUSED: 1,
        Bucket.PARTLY_REFUSED: 1,
        Bucket.CANCELLED: 1,
    }


def a_report(**more: Any) -> dict[str, Any]:
    found = audit(log_of_a_day(), {})
    return {
        "title": "One day",
        "ok": True,
        "seconds": {"set-up": 30.5, "day of orders": 60.1},
        "passed_over": {"hours": 95.5, "moves": 41},
        "slice": {
            "file": "orders.csv.gz",
            "invoices": 3,
            "rows": 40,
            "buckets": {"sent": 2, "refused": 1},
            "refused": {"catalog.order.unknown_country": 1},
            "cancellations_refused": {},
            "dropped": {"service code, not goods": 4},
        },
        **figures(
            list(CATALOG.values()),
            belts={"mer_1": "home_furnishing"},
            found=found,
            ledger=ledger_of(found),
            flights_since=AT.isoformat(),
            rate=1440.0,
        ),
        "doors": {"answers": {"200": 5}, "resent": {"TimeoutError": 2}},
        "faults": [],
        "checks": pages.checks_as_dicts(slice_checks(3, {"sent": 2, "refused": 1})),
        **more,
    }


def test_figures_count_the_day() -> None:
    report = a_report()
    assert report["orders"]["by_state"] == {"delivered": 1, "backordered": 1}
    assert report["flights"] == {
        "from_the_park": 1,
        "onward": 0,
        "shipments": 1,
        "tonnes": 2.5,
        "tonnes_by_destination": {"LGG": 2.5},
    }
    assert report["trade"]["by_belt"] == {"home_furnishing GBP": "25.00"}
    assert report["lanes"] == {"lane 2": 1}
    assert report["declarations"]["by_channel"] == {"green": 1}
    (declared,) = [p for p in report["phases"] if p["name"] == "accepted to declared"]
    assert (declared["orders"], declared["p50_s"], declared["real_p50_s"]) == (1, 180, 0.125)


def test_page_says_what_matters_and_fits_the_screen() -> None:
    killed = {"process": "customs-api", "at": "10:00:00", "pid": 7, "back_after_s": 2.5}
    page = pages.page(a_report(faults=[killed]))
    assert "delivered 1 · backordered 1" in page
    assert "catalog.order.unknown_country 1" in page
    assert "customs-api        kill -9 at 10:00:00, back after 2.5 s" in page
    assert "Not enough: 22086 0/6." in page
    assert "1 of 1 checks hold: the day is in order." in page
    assert max(map(len, page.splitlines())) <= 110


def test_page_shows_a_failed_check_with_what_differs() -> None:
    failed = pages.checks_as_dicts(slice_checks(3, {"sent": 2}))
    page = pages.page(a_report(checks=failed, ok=False))
    assert "FAIL  every invoice of the slice is in one bucket" in page
    assert "3 invoices, 2 in the buckets" in page
    assert "NOT in order" in page

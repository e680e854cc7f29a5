"""Every check of the three ledgers holds on a good day, and goes red when its ledger is cut."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from deploy.sandbox.ledgers.audit import audit
from deploy.sandbox.ledgers.catalog_orders import CatalogOrder
from deploy.sandbox.ledgers.checks import (
    LedgerCheck,
    answer_checks,
    catalog_checks,
    dead_letter_checks,
    kafka_checks,
    slice_checks,
    webhook_checks,
)
from deploy.sandbox.partner.ledger import WebhookLedger
from shared.kafka.reading import StoredRecord
from tests.unit.sandbox.day_records import (
    ACCEPTED,
    AT,
    CATALOG,
    ORDERS,
    SHIPMENTS,
    ledger_of,
    listed,
    log_of_a_day,
    record,
)


def all_checks(
    records: list[StoredRecord],
    catalog: dict[str, CatalogOrder],
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


def test_a_repeated_event_changes_nothing() -> None:
    log = log_of_a_day()
    log.append(StoredRecord(ORDERS, 0, 10, 0, log[0].envelope))
    assert audit(log, {}).duplicates == 1
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
def test_cut_catalog_is_seen(catalog: dict[str, CatalogOrder], name: str) -> None:
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

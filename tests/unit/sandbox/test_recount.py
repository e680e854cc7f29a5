"""Analytics' figures, counted again from what the other ledgers hold."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from deploy.sandbox.ledgers.audit import Audit, audit
from deploy.sandbox.ledgers.recount import kpi_checks, recount
from shared.kafka.reading import StoredRecord
from tests.unit.sandbox.day_records import (
    AT,
    CATALOG,
    DECLARATIONS,
    FLIGHTS,
    ORDERS,
    listed,
    log_of_a_day,
    record,
)


def a_flight(number: str, origin: str, gross_weight_g: int, mode: str = "air") -> StoredRecord:
    return record(
        FLIGHTS,
        "routing.flight.departed",
        f"flt_{number}",
        1,
        20,
        mode=mode,
        flight_number=number,
        origin=origin,
        destination="LGG",
        shipments=1,
        gross_weight_g=gross_weight_g,
        departed_at=AT.isoformat(),
    )


def a_clearance(n: int, minutes: float) -> list[StoredRecord]:
    facts: dict[str, Any] = {"order_id": f"ord_c{n}", "channel": None, "lane": None}
    submitted = facts | {"status": "submitted", "at": AT.isoformat()}
    released = facts | {"status": "released", "at": (AT + timedelta(minutes=minutes)).isoformat()}
    declaration = f"dec_c{n}"
    return [
        record(DECLARATIONS, "customs.declaration.submitted", declaration, 1, 30, **submitted),
        record(DECLARATIONS, "customs.declaration.released", declaration, 2, 31, **released),
    ]


def counted(*more: StoredRecord) -> dict[str, str]:
    return recount(CATALOG.values(), audit([*log_of_a_day(), *more], {}), merchants=2, offices=1)


def test_recount_of_a_day_has_every_figure_that_analytics_publishes() -> None:
    onward = a_flight("O3702", "LGG", 500_000)
    by_road = a_flight("O3703", "EHU", 1, mode="road")

    figures = counted(onward, by_road)

    assert figures == {
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


def test_two_flights_of_one_number_are_one_route() -> None:
    figures = counted(a_flight("O3701", "EHU", 1_000_000))

    assert (figures["flights_departed"], figures["routes_flown"]) == ("2", "1")


def test_percentiles_lie_between_the_closest_ranks() -> None:
    records = [r for n, minutes in enumerate((10, 20, 30)) for r in a_clearance(n, minutes)]

    figures = recount([], audit(records, {}), merchants=0, offices=0)

    assert figures["clearance_time_p50"] == "1200.0"
    assert figures["clearance_time_p95"] == "1740.0"


@pytest.mark.parametrize(
    ("after", "share"),
    [
        (timedelta(hours=31, minutes=59), "1.0"),  # 23:59 of the next day in China
        (timedelta(hours=32), "0.0"),
    ],
)
def test_next_day_ends_at_midnight_in_china(after: timedelta, share: str) -> None:
    log = log_of_a_day()
    delivered = {"order_id": "ord_1", "delivered_at": (AT + after).isoformat()}
    log[8] = record("airlane.routing.shipments.v1", "routing.shipment.delivered", "shp_1", 3, 8,
                    **delivered)  # fmt: skip

    figures = recount(CATALOG.values(), audit(log, {}), merchants=2, offices=1)

    assert figures["next_day_share"] == share


def test_trade_volume_leaves_out_what_was_cancelled_or_waits_for_stock() -> None:
    cancelled = record(ORDERS, "catalog.order.cancelled", "ord_1", 3, 10, order_id="ord_1")
    other = replace(listed("ord_3", "booked"), country="FR", currency="EUR")
    found = audit([*log_of_a_day(), cancelled], {})

    figures = recount([*CATALOG.values(), other], found, merchants=0, offices=0)

    volumes = {name: value for name, value in figures.items() if name.startswith("trade")}
    assert volumes == {"trade volume FR EUR": "12.50"}


def test_what_cannot_be_computed_is_missing() -> None:
    figures = recount([], Audit(), merchants=0, offices=0)

    assert "clearance_time_p50" not in figures
    assert "next_day_share" not in figures
    assert figures["orders"] == "0"


def test_a_published_figure_that_differs_is_named_with_both_values() -> None:
    figures = counted()

    (same,) = kpi_checks(figures, dict(figures))
    (other,) = kpi_checks(figures, figures | {"offices": "2"})
    (missing,) = kpi_checks(figures, {k: v for k, v in figures.items() if k != "tonnes"})

    assert same.ok
    assert other.differing == ("offices: counted 1, analytics 2",)
    assert missing.differing == ("tonnes: counted 2.5, analytics none",)

"""What the events of others mean to a shipment."""

from typing import TypeVar

import pytest

from services.routing.consumers.shipments import (
    on_cancel_declined,
    on_cancel_requested,
    on_declaration_cancelled,
    on_declaration_released,
    on_declaration_screened,
    on_order_cancelled,
    on_order_placed,
)
from services.routing.domain.shipments.shipment import Goods
from shared.contracts.envelope import EventPayload
from shared.kafka import Received
from tests.support.events.catalog.orders import an_order_cancelled, an_order_line, an_order_placed
from tests.support.events.customs.declarations import (
    a_declaration_cancel_declined,
    a_declaration_cancel_requested,
    a_declaration_cancelled,
    a_declaration_released,
    a_declaration_screened,
)
from tests.support.events.envelopes import TRACEPARENT, enveloped
from tests.support.routing import NOW

P = TypeVar("P", bound=EventPayload)


def received(payload: P, version: int = 1) -> Received[P]:
    return Received(payload, enveloped(payload, version=version))


def test_an_order_asks_for_room_for_its_weight_and_volume() -> None:
    order = an_order_placed(
        order_id="ord_1",
        merchant_id="mer_1",
        placed_at=NOW,
        gross_weight_g=1_600,
        volume_cm3=85,
        store="UK",
        ship_to={"country": "GB", "postal_code": "EC1A 1BB"},
        lines=(an_order_line(hs_code="950300"), an_order_line(2, hs_code="940550")),
    )

    command = on_order_placed(received(order))

    assert command.goods == Goods(
        order_id="ord_1",
        merchant_id="mer_1",
        store="UK",
        destination_country="GB",
        postal_code="EC1A 1BB",
        weight_g=1_600,
        volume_cm3=85,
        placed_at=NOW,
        hs_codes=frozenset({"940550", "950300"}),
        dangerous_goods=(),
    )
    assert (command.tenant_id, command.traceparent) == ("mer_1", TRACEPARENT)


def test_a_cancelled_order_cancels_its_shipment() -> None:
    order = an_order_cancelled(order_id="ord_1", merchant_id="mer_1")

    command = on_order_cancelled(received(order))

    assert (command.order_id, command.merchant_id) == ("ord_1", "mer_1")


def test_a_release_counts_from_its_instant_and_by_the_declarations_version() -> None:
    declaration = a_declaration_released()

    command = on_declaration_released(received(declaration, version=7))

    assert (command.released_at, command.version) == (declaration.at, 7)


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        ("released", True),
        ("closed", True),
        ("cancel_requested", True),
        ("cancelled", False),
        ("accepted", False),  # of the list that replaces the one that was released
        ("queued", False),
    ],
)
def test_a_release_counts_only_while_the_declaration_is_released(status: str, counts: bool) -> None:
    declaration = a_declaration_released(status=status)

    command = on_declaration_released(received(declaration))

    assert command.released_at == (declaration.at if counts else None)


def test_a_cancelled_list_counts_from_its_instant_and_by_the_declarations_version() -> None:
    declaration = a_declaration_cancelled(order_id="ord_1")

    command = on_declaration_cancelled(received(declaration, version=8))

    assert (command.order_id, command.cancelled_at, command.version) == ("ord_1", declaration.at, 8)


def test_a_request_to_cancel_is_open_until_customs_declines() -> None:
    asked, declined = a_declaration_cancel_requested(), a_declaration_cancel_declined()

    assert on_cancel_requested(received(asked, version=8)).requested_at == asked.at
    command = on_cancel_declined(received(declined, version=9))
    assert (command.requested_at, command.version) == (None, 9)


def test_a_screening_that_was_not_passed_has_no_instant() -> None:
    passed = a_declaration_screened(passed=True)
    failed = a_declaration_screened(passed=False)

    assert on_declaration_screened(received(passed)).passed_at == passed.at
    assert on_declaration_screened(received(failed, version=7)).passed_at is None

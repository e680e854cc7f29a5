"""What the events of others mean to a shipment."""

from typing import TypeVar

from services.routing.consumers.shipments import (
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
    a_declaration_released,
    a_declaration_screened,
)
from tests.support.events.envelopes import TRACEPARENT, enveloped

P = TypeVar("P", bound=EventPayload)


def received(payload: P, version: int = 1) -> Received[P]:
    return Received(payload, enveloped(payload, version=version))


def test_an_order_asks_for_room_for_all_its_lines() -> None:
    lines = (
        an_order_line(quantity=2, gross_weight_g=300, volume_cm3=40),
        an_order_line(quantity=1, gross_weight_g=1_000, volume_cm3=5),
    )
    order = an_order_placed(lines=lines, ship_to={"country": "GB"})

    command = on_order_placed(received(order))

    assert command.goods == Goods(
        order_id=order.order_id,
        merchant_id=order.merchant_id,
        destination_country="GB",
        weight_g=order.gross_weight_g,
        volume_cm3=order.volume_cm3,
        placed_at=order.placed_at,
    )
    assert (command.tenant_id, command.traceparent) == (order.merchant_id, TRACEPARENT)


def test_a_cancelled_order_cancels_its_shipment() -> None:
    order = an_order_cancelled()

    command = on_order_cancelled(received(order))

    assert (command.order_id, command.merchant_id) == (order.order_id, order.merchant_id)


def test_a_release_counts_from_its_instant_and_by_the_declarations_version() -> None:
    declaration = a_declaration_released()

    command = on_declaration_released(received(declaration, version=7))

    assert (command.released_at, command.version) == (declaration.at, 7)


def test_a_screening_that_was_not_passed_has_no_instant() -> None:
    passed = a_declaration_screened(passed=True)
    failed = a_declaration_screened(passed=False)

    assert on_declaration_screened(received(passed)).passed_at == passed.at
    assert on_declaration_screened(received(failed, version=7)).passed_at is None

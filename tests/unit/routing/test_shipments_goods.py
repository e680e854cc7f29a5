"""What an order says of its goods, and what acceptance makes of them."""

import pytest

from services.routing.consumers.shipments import on_order_placed
from services.routing.domain.acceptance.goods import DangerousGood, SecurityStatus
from services.routing.domain.network.records import VehicleKind
from services.routing.domain.shipments.consignment import consignment_of
from services.routing.domain.shipments.shipment import Goods, Shipment, shipment_of
from shared.kafka import Received
from tests.support.acceptance import a_leg, condition_codes, refusal_code
from tests.support.events.catalog.orders import an_order_line, an_order_placed
from tests.support.events.envelopes import enveloped


def goods_of(*lines: tuple[str, bool]) -> Goods:
    """Of an order with these lines: HS code, has a battery."""
    order = an_order_placed(
        lines=tuple(
            an_order_line(n, hs_code=hs_code, battery=battery)
            for n, (hs_code, battery) in enumerate(lines, start=1)
        )
    )
    return on_order_placed(Received(order, enveloped(order))).goods


ION = DangerousGood("UN3480", "965")
METAL = DangerousGood("UN3090", "968")
IN_EQUIPMENT = DangerousGood("UN3481", "967")


@pytest.mark.parametrize(
    ("hs_code", "battery", "declared"),
    [
        ("850760", True, ION),  # power bank
        ("8507600090", True, ION),
        ("850720", True, ION),  # any accumulator that has the flag is taken for lithium ion
        ("850650", True, METAL),
        ("85061010", True, METAL),
        ("950300", True, IN_EQUIPMENT),  # toy
        ("880622", True, IN_EQUIPMENT),  # drone
        ("871160", True, DangerousGood("UN3556")),  # electric scooter
        ("950300", False, None),
        ("871500", False, None),  # stroller
        ("850720", False, None),
        ("850760", False, ION),  # a lithium-ion accumulator is one whatever the flag says
        ("850650", False, METAL),
    ],
)
def test_a_line_is_declared_as_the_strictest_goods_that_it_can_be(
    hs_code: str, *, battery: bool, declared: DangerousGood | None
) -> None:
    assert goods_of((hs_code, battery)).dangerous_goods == ((declared,) if declared else ())


def test_each_entry_is_declared_once_and_all_hs_codes_are_kept() -> None:
    goods = goods_of(("950300", True), ("850760", True), ("950490", True), ("610910", False))

    assert goods.dangerous_goods == (IN_EQUIPMENT, ION)
    assert goods.hs_codes == {"950300", "850760", "950490", "610910"}


def a_shipment(*lines: tuple[str, bool]) -> Shipment:
    return shipment_of(goods_of(*lines), shipment_id="shp_1", delivery_region=None)


@pytest.mark.parametrize(
    ("lines", "kind", "refusal"),
    [
        ([("850760", True)], "passenger", "forbidden"),
        ([("850760", True)], "freighter", None),
        ([("850760", True)], "truck", None),
        ([("850650", True)], "passenger", "forbidden"),
        ([("950300", True)], "passenger", None),
        ([("950300", False)], "passenger", None),
        ([("950300", False), ("850760", True)], "passenger", "forbidden"),
        ([("871160", True)], "freighter", "no_rule"),
    ],
)
def test_an_order_goes_where_its_goods_may(
    lines: list[tuple[str, bool]], kind: VehicleKind, refusal: str | None
) -> None:
    consignment = consignment_of(a_shipment(*lines), is_cleared=False)

    assert refusal_code(consignment, kind) == refusal


def test_a_shipment_is_secured_and_released_once_it_is_cleared() -> None:
    shipment = a_shipment(("950300", False))

    waiting = consignment_of(shipment, is_cleared=False)
    cleared = consignment_of(shipment, is_cleared=True)

    assert condition_codes(waiting, a_leg()) == {"size_open", "security_open", "document_open"}
    assert condition_codes(cleared, a_leg()) == {"size_open"}
    assert cleared.security is SecurityStatus.SPX


def test_a_shipment_is_packed_into_parcels_of_equal_weight() -> None:
    shipment = Shipment("shp_1", "ord_1", "mer_1", "GB", 61_000, 1_000, 3)

    (pieces,) = consignment_of(shipment, is_cleared=False).pieces

    assert (pieces.count, pieces.weight_g) == (3, 20_334)


def test_goods_of_an_earlier_release_are_not_known() -> None:
    shipment = Shipment("shp_1", "ord_1", "mer_1", "GB", 1_000, 1_000, 1)

    consignment = consignment_of(shipment, is_cleared=True)

    assert refusal_code(consignment, "passenger") == "goods_not_declared"
    assert refusal_code(consignment, "freighter") is None

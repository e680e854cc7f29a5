"""Documents survive being stored, and what is stored already can be read."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import cast

from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import from_json, to_json

from services.customs.domain.declarations.documents import (
    OrderJson,
    WaybillJson,
    order_from_json,
    order_to_json,
    waybill_from_json,
    waybill_to_json,
)
from tests.support.customs import a_line, a_waybill, an_order

STORED_ORDER = """{
    "order_id": "ord_1", "merchant_id": "mer_1", "currency": "GBP", "country": "DE",
    "total_minor": 1530, "net_weight_g": 1080, "gross_weight_g": 1380,
    "lines": [{"line": 1, "sku": "SKU-1", "title": "White hanging heart T-light holder",
               "quantity": 6, "unit_price_minor": 255, "hs_code": "940550",
               "net_weight_g": 180, "gross_weight_g": 230}]}"""
STORED_WAYBILL = """{
    "order_id": "ord_1", "shipment_id": "shp_1", "house_waybill": "AL26112200001",
    "country": "DE", "gross_weight_g": 1380, "pieces": 1, "mode": "air", "flight_id": "flt_1",
    "flight_number": "O37001", "departs_at": "2026-11-22T18:30:00+00:00"}"""
UNDESCRIBED = a_line(1, title_zh=None, brand=None, material=None)


def test_an_order_that_is_stored_today_is_read() -> None:
    stored = cast("OrderJson", from_json(STORED_ORDER))

    assert order_from_json(stored) == an_order(UNDESCRIBED)


def test_a_waybill_that_is_stored_today_is_read() -> None:
    stored = cast("WaybillJson", from_json(STORED_WAYBILL))

    assert waybill_from_json(stored) == a_waybill(an_order(a_line(1)))


def test_an_order_is_stored_as_it_was_stored_so_far() -> None:
    assert order_to_json(an_order(UNDESCRIBED)) == from_json(STORED_ORDER)


def test_an_order_with_all_that_is_known_is_the_same_after_it_was_stored() -> None:
    line = a_line(
        1,
        gtin="6901234567892",
        specification={"use": "家用"},
        legal_quantity_1="1.5",
        legal_quantity_2="3",
        item_record_no="R1",
    )
    order = an_order(line, store="DE", order_number="A-1")

    stored = cast("OrderJson", from_json(to_json(order_to_json(order))))

    assert order_from_json(stored) == order
    assert {field.name for field in fields(line)} == stored["lines"][0].keys()


@given(st.none() | st.datetimes(timezones=st.just(UTC)), st.none() | st.just("flt_9"))
def test_a_waybill_is_the_same_after_it_was_stored(
    departs_at: datetime | None, flight_id: str | None
) -> None:
    waybill = a_waybill(an_order(), departs_at=departs_at, flight_id=flight_id)

    stored = cast("WaybillJson", from_json(to_json(waybill_to_json(waybill))))

    assert waybill_from_json(stored) == waybill

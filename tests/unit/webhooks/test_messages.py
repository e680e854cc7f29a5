"""What events mean to webhooks: messages, and the rights of partners."""

import json
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.webhooks.domain.messages import (
    DataIsNotJson,
    Message,
    PartnerRights,
    message_body,
    order_of,
    read_data,
)
from services.webhooks.worker import SUBSCRIPTIONS
from tests.kit.intake import meanings_of
from tests.support.events.catalog.partners import a_partner_registered
from tests.support.events.customs.declarations import a_declaration_released
from tests.support.events.envelopes import an_envelope, enveloped

AT: Final = datetime(2026, 1, 15, 8, 30, tzinfo=UTC)
ORDER_ID: Final = "ord_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_a_public_event_becomes_a_message_with_its_data_byte_for_byte() -> None:
    data = b'{"order_id" : "%s", "weight": 1.50}' % ORDER_ID.encode()
    event = an_envelope(type="customs.declaration.released", tenant_id="mer_1", data=data)

    (message,) = meanings_of(SUBSCRIPTIONS, [event])

    assert message == Message(
        event_id=event.id,
        tenant_id="mer_1",
        type="customs.declaration.released",
        occurred_at=event.time,
        traceparent=event.traceparent,
        body=message_body(event_type=event.type, occurred_at=event.time, data=data),
        order_id=ORDER_ID,
    )
    assert isinstance(message, Message)
    assert data in message.body


def test_an_event_of_the_contracts_names_the_order_it_is_about() -> None:
    event = enveloped(a_declaration_released(order_id=ORDER_ID), version=1)

    (message,) = meanings_of(SUBSCRIPTIONS, [event])

    assert isinstance(message, Message)
    assert message.order_id == ORDER_ID


@pytest.mark.parametrize(
    ("merchants", "expected"), [(["mer_1", "mer_2"], ("mer_1", "mer_2")), ([], ()), (None, None)]
)
def test_a_registered_partner_has_the_rights_of_that_version(
    merchants: list[str] | None, expected: tuple[str, ...] | None
) -> None:
    payload = a_partner_registered(partner_id="par_1", merchants=merchants)

    (rights,) = meanings_of(SUBSCRIPTIONS, [enveloped(payload, version=7)])

    assert rights == PartnerRights("par_1", expected, version=7)


@given(json_values)
def test_any_json_is_a_body_that_says_type_timestamp_and_data(value: object) -> None:
    data = json.dumps(value).encode()

    body = message_body(event_type="catalog.order.placed", occurred_at=AT, data=data)

    assert json.loads(body) == {
        "type": "catalog.order.placed",
        "timestamp": "2026-01-15T08:30:00Z",
        "data": json.loads(data),
    }


def test_only_a_test_is_marked_as_one() -> None:
    bodies = [
        message_body(event_type="a.b.c", occurred_at=AT, data=b"1", is_test=is_test)
        for is_test in (False, True)
    ]

    assert [json.loads(body).get("test") for body in bodies] == [None, True]


@given(json_values)
def test_any_json_may_be_data_whatever_order_it_names(value: object) -> None:
    assert order_of(value) is None or isinstance(value, dict)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"order_id": ORDER_ID}, ORDER_ID),
        ({"order_id": ORDER_ID.upper()}, None),
        ({"order_id": "shp_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}, None),
        ({"order_id": "ord_1"}, None),
        ({"order_id": 7}, None),
        ({"order_id": [ORDER_ID]}, None),
        ({}, None),
        ([{"order_id": ORDER_ID}], None),
        (ORDER_ID, None),
    ],
)
def test_only_an_order_id_in_its_place_is_taken(content: object, expected: str | None) -> None:
    assert order_of(content) == expected


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000])
def test_data_that_is_not_json_gives_no_body(data: bytes) -> None:
    with pytest.raises(DataIsNotJson):
        read_data(data)

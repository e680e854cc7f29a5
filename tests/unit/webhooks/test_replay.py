"""Which delivery may be sent again, and what that makes of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.webhooks.domain.deliveries.delivery import (
    ATTEMPTS_MAX,
    Delivery,
    DeliveryStatus,
    EndpointIsDeleted,
    TooManyAttempts,
    replayed_delivery,
)
from services.webhooks.domain.endpoints.endpoint import (
    EndpointDisabled,
    EndpointPatch,
    EndpointStatus,
    patched_endpoint,
    registered_endpoint,
)

NOW: Final = datetime(2026, 1, 15, 8, 30, tzinfo=UTC)
ENABLED: Final = registered_endpoint(
    endpoint_id="end_1",
    tenant_id="mer_1",
    url="https://partner.example/",
    event_types=("*",),
    description=None,
    now=NOW,
).endpoint
DISABLED: Final = patched_endpoint(
    ENABLED, EndpointPatch(status=EndpointStatus.DISABLED), now=NOW
).endpoint

instants = st.integers(-86_400, 86_400).map(lambda s: NOW + timedelta(seconds=s))
deliveries = st.builds(
    Delivery,
    id=st.just("dlv_1"),
    endpoint_id=st.just("end_1"),
    event_id=st.just("evt_1"),
    event_type=st.just("catalog.order.placed"),
    order_id=st.none(),
    status=st.sampled_from(DeliveryStatus),
    due_at=instants,
    claim_id=st.none() | st.just("clm_1"),
    attempts=st.integers(0, ATTEMPTS_MAX - 1),
    failures=st.integers(0, 10),
    received_at=st.just(NOW),
    finished_at=st.none() | instants,
)


@given(deliveries)
def test_a_replayed_delivery_is_due_at_once_with_a_fresh_schedule(delivery: Delivery) -> None:
    is_under_way = (
        delivery.status == "pending" and delivery.claim_id is not None and delivery.due_at > NOW
    )

    replayed = replayed_delivery(delivery, endpoint=ENABLED, now=NOW)

    if is_under_way:
        assert replayed is delivery
    else:
        assert (replayed.status, replayed.due_at, replayed.next_attempt_at) == ("pending", NOW, NOW)
        assert (replayed.claim_id, replayed.failures, replayed.finished_at) == (None, 0, None)
        unchanged = ("id", "endpoint_id", "event_id", "event_type", "attempts", "received_at")
        for name in unchanged:
            assert getattr(replayed, name) == getattr(delivery, name)


@given(deliveries)
def test_a_claim_that_has_ended_does_not_keep_a_delivery_from_being_sent_again(
    delivery: Delivery,
) -> None:
    abandoned = replace(delivery, status=DeliveryStatus.PENDING, claim_id="clm_1", due_at=NOW)

    assert replayed_delivery(abandoned, endpoint=ENABLED, now=NOW).claim_id is None


@given(deliveries)
def test_a_deleted_or_disabled_endpoint_gets_nothing_again(delivery: Delivery) -> None:
    with pytest.raises(EndpointIsDeleted):
        replayed_delivery(delivery, endpoint=None, now=NOW)
    with pytest.raises(EndpointDisabled):
        replayed_delivery(delivery, endpoint=DISABLED, now=NOW)


@given(deliveries, st.integers(0, 5))
def test_a_delivery_is_attempted_at_most_so_many_times(delivery: Delivery, more: int) -> None:
    worn_out = replace(delivery, attempts=ATTEMPTS_MAX + more)

    with pytest.raises(TooManyAttempts):
        replayed_delivery(worn_out, endpoint=ENABLED, now=NOW)


@given(deliveries)
def test_the_next_attempt_is_known_only_while_a_delivery_is_pending(delivery: Delivery) -> None:
    expected = delivery.due_at if delivery.status == "pending" else None

    assert delivery.next_attempt_at == expected

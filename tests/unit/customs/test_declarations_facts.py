"""Facts of one order merge to the newest, whatever the order in which they come."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.customs.domain.declarations.facts import (
    CancelFact,
    DepartureFact,
    DossierFacts,
    OrderFact,
    ShipmentFact,
    merge_by_order,
)
from tests.support.customs import an_order

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def an_order_fact(version: int) -> OrderFact:
    return OrderFact(version, an_order(total_minor=version))


def a_departure(hour: int) -> DepartureFact:
    departed_at = START + timedelta(hours=hour)
    return DepartureFact(departed_at, f"flt_{hour}", f"O3{hour}", "999-12345675", "HWB1")


facts = st.builds(
    DossierFacts,
    order_id=st.sampled_from(["ord_1", "ord_2", "ord_3"]),
    merchant_id=st.just("mer_1"),
    order=st.none() | st.integers(1, 4).map(an_order_fact),
    shipment=st.none() | st.integers(1, 4).map(lambda n: ShipmentFact(n, f"shp_{n}")),
    departure=st.none() | st.integers(1, 4).map(a_departure),
)


@given(st.lists(facts, max_size=8), st.data())
def test_facts_merge_to_the_newest_in_any_order(
    slice_: list[DossierFacts], data: st.DataObject
) -> None:
    arrived = data.draw(st.permutations(slice_))

    merged = merge_by_order(arrived)

    assert [one.order_id for one in merged] == sorted({one.order_id for one in slice_})
    for one in merged:
        own = [fact for fact in slice_ if fact.order_id == one.order_id]
        assert (one.order.version if one.order else 0) == max(
            fact.order.version if fact.order else 0 for fact in own
        )
        assert (one.shipment.version if one.shipment else 0) == max(
            fact.shipment.version if fact.shipment else 0 for fact in own
        )
        assert (one.departure.departed_at if one.departure else START) == max(
            fact.departure.departed_at if fact.departure else START for fact in own
        )


def test_a_cancellation_is_kept_with_whatever_comes_after_it() -> None:
    cancelled = DossierFacts("ord_1", "mer_1", cancel=CancelFact("gone", START), traceparent="t1")
    placed = DossierFacts("ord_1", "mer_1", order=an_order_fact(1), traceparent="t2")

    (merged,) = merge_by_order([cancelled, placed])

    assert (merged.cancel, merged.order) == (cancelled.cancel, placed.order)
    assert merged.traceparent == "t2"

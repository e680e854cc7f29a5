"""What routing and customs say of one order, heard in any order and again: the same knowledge."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.orders.facts import OrderFacts
from services.catalog.domain.orders.timeline import Observation
from services.catalog.worker import SUBSCRIPTIONS
from shared.contracts.envelope import EventPayload
from tests.kit.intake import meanings_of
from tests.support.events.customs.declarations import (
    a_declaration_accepted,
    a_declaration_blocked,
    a_declaration_closed,
    a_declaration_inspection,
    a_declaration_released,
    a_declaration_returned,
    a_declaration_screened,
    a_declaration_submitted,
)
from tests.support.events.envelopes import enveloped
from tests.support.events.routing.shipments import (
    a_shipment_booked,
    a_shipment_delivered,
    a_shipment_departed,
    a_shipment_status,
    a_shipment_unroutable,
)

T0: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ORDER: Final = {"order_id": "ord_1", "merchant_id": "mer_1", "shipment_id": "shp_1"}
Builder = Callable[..., EventPayload]


@dataclass(frozen=True)
class Heard:
    """`version` counts the events of the shipment or the declaration; `minute` is when it was."""

    name: str
    version: int
    minute: int
    payload: EventPayload

    @property
    def observation(self) -> Observation:
        at = T0 + timedelta(minutes=self.minute)
        envelope = enveloped(self.payload, version=self.version, at=at)
        (observation,) = meanings_of(SUBSCRIPTIONS, [envelope])
        assert isinstance(observation, Observation)
        return observation


def _routing(name: str, version: int, minute: int, a_fact: Builder, **more: Any) -> Heard:
    return Heard(name, version, minute, a_fact(**ORDER, **more))


def _customs(name: str, version: int, minute: int, a_fact: Builder, **more: Any) -> Heard:
    at = T0 + timedelta(minutes=minute)
    return Heard(name, version, minute, a_fact(**ORDER, at=at, status=name, **more))


def _booked(name: str, version: int, minute: int, waybill: str) -> Heard:
    return _routing(name, version, minute, a_shipment_booked, house_waybill=waybill)


# An order that was held wherever it can be: its flight was cancelled, the list sent back, the
# parcel did not pass at first. Versions say when each service spoke, which for the receipts of
# customs is not when they were: the inspection was told of after the release.
STORY: Final = (
    _booked("booked", 1, 1, "H1"),
    _routing("unroutable", 2, 30, a_shipment_unroutable),
    _booked("rebooked", 3, 40, "H2"),
    _routing("departed", 4, 600, a_shipment_departed, house_waybill="H2"),
    _routing("arrived", 5, 900, a_shipment_status, code="ARR"),
    _routing("delivered", 6, 1_500, a_shipment_delivered, house_waybill="H2"),
    _customs("blocked", 1, 5, a_declaration_blocked, detail="weights differ"),
    _customs("submitted", 2, 10, a_declaration_submitted),
    _customs("returned", 3, 20, a_declaration_returned, detail="wrong code"),
    # Taken after all in the same second, by the coarse clock of customs.
    _customs("accepted", 4, 20, a_declaration_accepted),
    _customs("not passed", 5, 50, a_declaration_screened, lane=2, passed=False),
    _customs("passed", 6, 60, a_declaration_screened, lane=1, passed=True),
    _customs("released", 7, 80, a_declaration_released, channel="red"),
    _customs("inspection", 8, 70, a_declaration_inspection, channel="red"),
    _customs("closed", 9, 700, a_declaration_closed, channel="red"),
)
# The way through customs, for what happened at one instant.
STEPS: Final = "blocked submitted returned accepted inspection released closed".split()


def newest(known: Sequence[Heard], *names: str) -> str | None:
    said = [heard for heard in known if heard.name in names]
    return max(said, key=lambda heard: heard.version).name if said else None


def decision(known: Sequence[Heard]) -> str | None:
    """By customs' clock, not by who spoke last."""
    decided = [heard for heard in known if heard.name in STEPS]
    last = max(decided, key=lambda heard: (heard.minute, STEPS.index(heard.name)), default=None)
    return last.name if last else None


def status(known: Sequence[Heard], *, cancelled: bool) -> tuple[str, str | None]:
    """Status and what stops the order, as the service's README lists them from the strongest on."""
    names = {heard.name for heard in known}
    if names & {"delivered", "departed"}:
        return ("delivered" if "delivered" in names else "departed"), None
    if cancelled:
        return "cancelled", None
    plan = newest(known, "booked", "unroutable", "rebooked")
    if plan == "unroutable":
        return "unroutable", "routing.itinerary.no_capacity"
    if newest(known, "not passed", "passed") == "not passed":
        return "held", "customs.screening.not_passed"
    match decision(known):
        case "blocked" | "returned" | "inspection" as held:
            return "held", f"customs.declaration.{held}"
        case "released" | "closed":
            return "released", None
        case "submitted" | "accepted":
            return "declared", None
    return ("booked" if plan else "placed"), None


@given(
    known=st.sets(st.sampled_from(STORY)),
    cancelled=st.booleans(),
    data=st.data(),
)
def test_in_any_order_of_events_and_with_repeats_the_order_is_what_the_rule_says(
    known: set[Heard], cancelled: bool, data: Any
) -> None:
    once = sorted(known, key=STORY.index)
    again = data.draw(st.lists(st.sampled_from(once), max_size=3) if once else st.just([]))
    heard = [story.observation.facts for story in data.draw(st.permutations(once + again))]
    # Placing and cancelling are the order's own doing and come whenever they come.
    own = [OrderFacts(placed=True), OrderFacts(cancelled="no" if cancelled else None)]
    for fact in own:
        heard.insert(data.draw(st.integers(0, len(heard))), fact)

    facts = reduce(OrderFacts.joined, heard, OrderFacts())

    assert (facts.decision.clearance if facts.decision else None) == decision(once)
    stopped_by = facts.finding.code if facts.finding else None
    assert (facts.status.value, stopped_by) == status(once, cancelled=cancelled)
    plan = newest(once, "booked", "unroutable", "rebooked")
    waybill = {"booked": "H1", "rebooked": "H2"}.get(plan or "")
    assert (facts.plan.house_waybill if facts.plan else None) == waybill
    by_customs = newest(once, *STEPS, "not passed", "passed")
    assert (facts.declaration.status if facts.declaration else None) == by_customs
    has_channel = any(heard.name in ("released", "inspection", "closed") for heard in once)
    assert (facts.channel.channel if facts.channel else None) == ("red" if has_channel else None)

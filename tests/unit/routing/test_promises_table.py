"""The promise table of the stores, from the flights of a test and the park's regions and rates."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from services.routing.clients.network_files import DATA, read_network
from services.routing.domain.itineraries.basis import SearchBasis
from services.routing.domain.network.records import DeliveryRegion, Gateway, Store
from services.routing.domain.network.regions import DeliveryRegions
from services.routing.domain.promises.shares import Share
from services.routing.domain.promises.table import StoreShares, promise_table
from tests.support.routing import NOW, hours
from tests.support.search_basis import a_basis, a_flight_row

FILES: Final = read_network(DATA)
MINUTES: Final = 7 * 24 * 60
# One flight in the week. Its cut-off is 90 minutes before departure: eight and a half hours from
# now, that minute included.
FLIGHT: Final = a_flight_row(departs_at=hours(10), arrives_at=hours(22))
IN_TIME: Final = (8.5 * 60 + 1) / MINUTES


def region(name: str, *, hours_to_door: int, prefixes: tuple[str, ...] = ()) -> DeliveryRegion:
    gateways = [Gateway("LHR", road_km=10, clearance_h=0, delivery_h=hours_to_door)]
    return DeliveryRegion(name, "GB", prefixes, name, gateways, "test", None, "synthetic")


def shares_of(
    store: str, basis: SearchBasis, regions: list[DeliveryRegion] | None = None
) -> StoreShares:
    if regions is not None:
        basis = replace(basis, regions=DeliveryRegions(regions))
    table = promise_table(basis, park="EHU", now=NOW + timedelta(seconds=59))
    assert (table.as_of, table.ready_to) == (NOW, NOW + timedelta(days=7))
    return next(one for one in table.stores if one.store == store)


def test_a_flight_is_shared_by_all_that_are_ready_by_its_cut_off() -> None:
    """Sunday evening in Ezhou, and Monday at 06:00 in London. The door is 43 hours away."""
    britain = shares_of("UK", a_basis(FLIGHT))

    assert britain.country == "GB"
    assert britain.region is not None
    assert britain.region.gateways == ("LHR",)
    assert britain.region.gateway == Share(IN_TIME, IN_TIME)
    assert britain.region.door == Share(0, 0)


def test_a_flight_that_does_not_take_a_parcel_keeps_no_promise() -> None:
    full = a_basis(FLIGHT, room={FLIGHT.id: (999, 600_000)})

    britain = shares_of("UK", full)

    assert britain.region is not None
    assert (britain.region.gateways, britain.region.gateway) == ((), Share(0, 0))


def test_the_best_and_the_worst_region_are_told_apart_from_the_rest_of_the_country() -> None:
    regions = [
        region("GB", hours_to_door=20),
        region("GB-N", hours_to_door=30, prefixes=("N",)),
        region("GB-S", hours_to_door=1, prefixes=("S",)),
    ]

    britain = shares_of("UK", a_basis(FLIGHT), regions)

    found = [one and one.region for one in (britain.region, britain.best, britain.worst)]
    assert found == ["GB", "GB-S", "GB-N"]


def test_a_country_without_a_region_has_no_shares() -> None:
    nowhere = shares_of("DE", a_basis(FLIGHT), [])

    assert (nowhere.region, nowhere.best, nowhere.worst) == (None, None, None)


def test_nothing_is_promised_to_a_country_under_embargo() -> None:
    basis = a_basis(FLIGHT)
    embargo = next(
        one for one in FILES.embargoes if not one.hs_prefix and one.scope in ("all", "destination")
    )
    rules = replace(basis.rules, embargoes=(replace(embargo, country="GB"),))

    assert shares_of("UK", replace(basis, rules=rules)).region is None


def test_stores_are_those_of_the_basis() -> None:
    basis = replace(a_basis(FLIGHT), stores={"XX": Store("XX", "GB", False)})

    table = promise_table(basis, park="EHU", now=NOW)

    assert [(one.store, one.is_open) for one in table.stores] == [("XX", False)]
    assert table.state == ("v", 1)

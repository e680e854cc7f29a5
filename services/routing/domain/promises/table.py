"""For every store: how often "next day" and 48 hours hold, worked out from the timetable.

What is asked for is a parcel of one kilogram and six litres without dangerous goods, screened and
released, ready at the park at any minute of the seven days that begin now. Only flights count that
take it, have room for it and have a price.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.routing.domain.acceptance.goods import (
    CUSTOMS_RELEASE,
    Consignment,
    Piece,
    SecurityStatus,
)
from services.routing.domain.acceptance.verdicts import verdict_on_destination
from services.routing.domain.itineraries.basis import SearchBasis
from services.routing.domain.itineraries.profiles import Profile, find_profile
from services.routing.domain.itineraries.request import Request
from services.routing.domain.itineraries.wish import LEGS_MAX, Destination, Wish
from services.routing.domain.network.records import DeliveryRegion, Store
from services.routing.domain.promises.shares import (
    Gateway,
    ReadyTimes,
    RegionShares,
    region_shares,
)

READY_FOR: Final = timedelta(days=7)
_PARCEL_G: Final = 1_000
_PARCEL_CM3: Final = 6_000
_PARCEL: Final = Consignment(
    pieces=(Piece(_PARCEL_G, is_tiltable=True),),
    security_status=SecurityStatus.SPX,
    documents=frozenset({CUSTOMS_RELEASE}),
)


@dataclass(frozen=True, slots=True)
class StoreShares:
    """`region` is where addresses without a known postal code lie; `best` and `worst` are those of
    all the country's regions. None: nothing is delivered to that country.
    """

    store: str
    country: str
    is_open: bool
    region: RegionShares | None
    best: RegionShares | None
    worst: RegionShares | None


@dataclass(frozen=True, slots=True)
class PromiseTable:
    """`as_of` is when the seven days begin, `state` that of the timetable."""

    as_of: datetime
    ready_to: datetime
    state: tuple[str, int]
    stores: tuple[StoreShares, ...]


def promise_table(basis: SearchBasis, *, park: str, now: datetime) -> PromiseTable:
    """`park`: its airport."""
    as_of = now.replace(second=0, microsecond=0)
    ready_times = ReadyTimes(
        from_s=int(as_of.timestamp()),
        to_s=int((as_of + READY_FOR).timestamp()),
        zone=ZoneInfo(basis.airports[park].time_zone),
    )
    profile = _profile(basis, ready_times, park=park, now=now)
    of_country: defaultdict[str, list[DeliveryRegion]] = defaultdict(list)
    for region in basis.regions.by_id.values():
        of_country[region.country].append(region)
    return PromiseTable(
        as_of=as_of,
        ready_to=as_of + READY_FOR,
        state=basis.state,
        stores=tuple(
            _store_shares(
                store,
                _served(basis, of_country[store.country], park, now),
                basis,
                profile,
                ready_times,
            )
            for store in basis.stores.values()
        ),
    )


def _profile(basis: SearchBasis, ready_times: ReadyTimes, *, park: str, now: datetime) -> Profile:
    wish = Wish(
        origin=park,
        ready_at=now,
        destination=Destination(gateways=()),
        goods=_PARCEL,
        weight_g=_PARCEL_G,
        volume_cm3=_PARCEL_CM3,
    )
    request = Request(basis, wish, now.date())
    network = request.network
    return find_profile(
        network,
        request.is_accepted & request.has_room & (request.price >= 0),
        origin=network.index[park],
        ready_from_s=ready_times.from_s,
        ready_to_s=ready_times.to_s,
        legs_max=LEGS_MAX,
    )


def _served(
    basis: SearchBasis, regions: Sequence[DeliveryRegion], park: str, now: datetime
) -> Sequence[DeliveryRegion]:
    """None if nothing may go to their country."""
    if not regions:
        return ()
    verdict = verdict_on_destination(
        basis.rules,
        _PARCEL,
        origin=basis.airports[park].country,
        destination=regions[0].country,
        on=now.date(),
    )
    return regions if verdict.is_allowed else ()


def _store_shares(
    store: Store,
    regions: Sequence[DeliveryRegion],
    basis: SearchBasis,
    profile: Profile,
    ready_times: ReadyTimes,
) -> StoreShares:
    shares = [
        region_shares(region.region, _gateways(region, basis, profile), ready_times)
        for region in regions
    ]
    by_region = {one.region: one for one in shares}
    rest = next((region.region for region in regions if not region.postal_prefixes), None)
    return StoreShares(
        store=store.store,
        country=store.country,
        is_open=store.is_open,
        region=by_region.get(rest or ""),
        best=max(shares, key=_goodness, default=None),
        worst=min(shares, key=_goodness, default=None),
    )


def _goodness(shares: RegionShares) -> tuple[float, ...]:
    door, gateway = shares.door, shares.gateway
    return door.within_48h, door.next_day, gateway.within_48h, gateway.next_day


def _gateways(region: DeliveryRegion, basis: SearchBasis, profile: Profile) -> list[Gateway]:
    index: Mapping[str, int] = basis.timetable.network.index
    return [
        Gateway(
            airport=gateway.airport,
            zone=ZoneInfo(basis.airports[gateway.airport].time_zone),
            door_s=gateway.last_mile_h * 3_600,
            steps=[
                (step.ready_s, step.arrives_s) for step in profile.steps(index[gateway.airport])
            ],
        )
        for gateway in region.gateways
        if gateway.airport in index
    ]

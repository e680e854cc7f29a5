"""What customs said last counts, by the version of the declaration, not by the order of arrival."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.shipments.clearance import Clearance, Standing
from services.routing.domain.shipments.shipment import ShipmentStatus
from tests.support.routing import hours

# What a declaration says in each of its versions: (of the screening?, passed?). A release is
# always a release; a screening may be taken back.
SAID = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=6)
BEFORE_THE_MANIFEST = (ShipmentStatus.BOOKED, ShipmentStatus.WAITING, ShipmentStatus.UNROUTABLE)


@given(said=SAID, data=st.data())
def test_the_newest_word_counts_whatever_comes_late_or_twice(
    said: list[tuple[bool, bool]], data: st.DataObject
) -> None:
    versions = range(1, len(said) + 1)
    arrivals = [
        *data.draw(st.permutations(versions)),
        *data.draw(st.lists(st.sampled_from(versions), max_size=4)),
    ]
    clearance = Clearance()

    for version in arrivals:
        of_screening, passed = said[version - 1]
        if of_screening:
            at = hours(version) if passed else None
            clearance = clearance.screened(at, version=version)
        else:
            clearance = clearance.released(hours(version), version=version)

    assert clearance.released_at == newest(said, of_screening=False)
    assert clearance.screened_at == newest(said, of_screening=True)


def newest(said: list[tuple[bool, bool]], *, of_screening: bool) -> datetime | None:
    """The rule: the instant of the highest version that speaks of it."""
    spoke = [n for n, (screening, _) in enumerate(said, start=1) if screening is of_screening]
    if not spoke:
        return None
    return hours(spoke[-1]) if not of_screening or said[spoke[-1] - 1][1] else None


@pytest.mark.parametrize("status", list(ShipmentStatus))
def test_a_screening_counts_until_the_manifest_and_a_release_always(
    status: ShipmentStatus,
) -> None:
    standing = Standing("shp_1", status, Clearance())

    screened = standing.screened(hours(1), version=1)
    released = standing.released(hours(1), version=1)

    assert (screened != standing) == (status in BEFORE_THE_MANIFEST)
    assert released.clearance.released_at == hours(1)


@pytest.mark.parametrize("status", list(ShipmentStatus))
@pytest.mark.parametrize(("released", "screened"), [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_a_shipment_that_lost_its_place_needs_a_flight_once_it_is_released_and_screened(
    status: ShipmentStatus, released: int, screened: int
) -> None:
    clearance = Clearance(hours(1) if released else None, 1, hours(1) if screened else None, 1)

    standing = Standing("shp_1", status, clearance)

    assert standing.needs_flight == (status is ShipmentStatus.WAITING and released == screened == 1)

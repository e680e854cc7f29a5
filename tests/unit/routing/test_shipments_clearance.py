"""What customs said last counts, by the version of the declaration, not by the order of arrival."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.shipments.clearance import Clearance, Standing
from services.routing.domain.shipments.findings import declaration_finding
from services.routing.domain.shipments.shipment import ShipmentStatus
from tests.support.routing import hours

# What a declaration says in each of its versions: of what, and whether it is so. A screening may be
# taken back, and a release by the cancellation of the list.
SAID = st.lists(
    st.tuples(st.sampled_from(("released", "screened")), st.booleans()), min_size=1, max_size=6
)
BEFORE_THE_MANIFEST = (ShipmentStatus.BOOKED, ShipmentStatus.WAITING, ShipmentStatus.UNROUTABLE)


@given(said=SAID, data=st.data())
def test_the_newest_word_counts_whatever_comes_late_or_twice(
    said: list[tuple[str, bool]], data: st.DataObject
) -> None:
    versions = range(1, len(said) + 1)
    arrivals = [
        *data.draw(st.permutations(versions)),
        *data.draw(st.lists(st.sampled_from(versions), max_size=4)),
    ]
    clearance = Clearance()

    for version in arrivals:
        of, is_so = said[version - 1]
        if of == "screened":
            clearance = clearance.screened(hours(version) if is_so else None, version=version)
        elif is_so:
            clearance = clearance.released(hours(version), version=version)
        else:
            clearance = clearance.declaration_cancelled(hours(version), version=version)

    assert clearance.released_at == newest(said, "released")
    assert clearance.screened_at == newest(said, "screened")
    cancelled = [n for n, word in enumerate(said, start=1) if word == ("released", False)]
    assert clearance.declaration_cancelled_at == (hours(cancelled[-1]) if cancelled else None)


def newest(said: list[tuple[str, bool]], of: str) -> datetime | None:
    """The rule: the instant of the highest version that speaks of it, if it says that it is so."""
    spoke = [n for n, (what, _) in enumerate(said, start=1) if what == of]
    if not spoke:
        return None
    return hours(spoke[-1]) if said[spoke[-1] - 1][1] else None


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


@pytest.mark.parametrize("status", list(ShipmentStatus))
@pytest.mark.parametrize("is_released_again", [False, True])
def test_a_cancelled_list_is_a_finding_until_another_one_is_released(
    status: ShipmentStatus, is_released_again: bool
) -> None:
    finding = declaration_finding(
        status,
        released_at=hours(3) if is_released_again else None,
        declaration_cancelled_at=hours(2),
    )

    code = finding.code if finding else None
    left = {ShipmentStatus.DEPARTED, ShipmentStatus.ARRIVED, ShipmentStatus.DELIVERED}
    if is_released_again or status is ShipmentStatus.CANCELLED:
        assert code is None
    elif status in left:
        assert code == "routing.shipment.left_undeclared"
    else:
        assert code == "routing.shipment.declaration_cancelled"

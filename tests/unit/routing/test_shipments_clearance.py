"""What customs said last counts, by the version of the declaration, not by the order of arrival."""

from datetime import datetime
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.shipments.clearance import Clearance, Standing, StoppedBy
from services.routing.domain.shipments.findings import declaration_finding
from services.routing.domain.shipments.shipment import ShipmentStatus
from tests.support.routing import hours

# A list that has come to its end without a release that counts.
ENDS = ("cancelled", "blocked", "returned", "withdrawn")
# What a declaration says in each of its versions. A screening may be taken back, and a release by
# the cancellation of the list, which customs may be asked for, and may decline.
WORDS = ("released", *ENDS, "screened", "failed", "requested", "declined")
SAID = st.lists(st.sampled_from(WORDS), min_size=1, max_size=7)
BEFORE_THE_MANIFEST = (ShipmentStatus.BOOKED, ShipmentStatus.WAITING, ShipmentStatus.UNROUTABLE)


@given(said=SAID, data=st.data())
def test_the_newest_word_counts_whatever_comes_late_or_twice(
    said: list[str], data: st.DataObject
) -> None:
    versions = range(1, len(said) + 1)
    arrivals = [
        *data.draw(st.permutations(versions)),
        *data.draw(st.lists(st.sampled_from(versions), max_size=4)),
    ]
    clearance = Clearance()

    for version in arrivals:
        clearance = told(clearance, said[version - 1], version)

    assert clearance.released_at == newest(said, "released", *ENDS)
    assert clearance.screened_at == newest(said, "screened", "failed")
    assert clearance.cancel_requested_at == newest(said, "requested", "declined", *ENDS)
    assert clearance.declaration_cancelled_at == newest(said, "cancelled")
    stops = [(n, word) for n, word in enumerate(said, 1) if word in ENDS[1:]]
    assert (clearance.stopped_version, clearance.stopped_by) == (stops[-1] if stops else (0, None))
    has_ended = any(word in ENDS for word in said)
    is_released = newest(said, "released", *ENDS) is not None
    assert clearance.has_lost_list == (has_ended and not is_released)
    assert clearance.is_complete == (
        newest(said, "released", *ENDS) is not None
        and newest(said, "screened", "failed") is not None
        and newest(said, "requested", "declined", *ENDS) is None
    )


def test_requests_to_cancel_end_the_same_in_every_order() -> None:
    """All that a declaration can say of its list in four versions."""
    for words in product(("released", "cancelled", "returned", "requested", "declined"), repeat=4):
        for arrivals in permutations(range(1, 5)):
            clearance = Clearance()
            for version in arrivals:
                clearance = told(clearance, words[version - 1], version)

            said = [*words]
            assert clearance.released_at == newest(said, "released", *ENDS)
            open_since = newest(said, "requested", "declined", *ENDS)
            assert clearance.cancel_requested_at == open_since


def told(clearance: Clearance, word: str, version: int) -> Clearance:
    at = hours(version)
    match word:
        case "released":
            return clearance.released(at, version=version)
        case "cancelled":
            return clearance.declaration_cancelled(at, version=version)
        case "blocked" | "returned" | "withdrawn":
            return clearance.stopped(at, StoppedBy(word), version=version)
        case "requested" | "declined":
            return clearance.cancel_requested(at if word == "requested" else None, version=version)
        case _:
            return clearance.screened(at if word == "screened" else None, version=version)


def newest(said: list[str], so: str, *ended_by: str) -> datetime | None:
    """The rule: the instant of the highest version that speaks of it, if it says that it is so."""
    spoke = [n for n, word in enumerate(said, start=1) if word in (so, *ended_by)]
    return hours(spoke[-1]) if spoke and said[spoke[-1] - 1] == so else None


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
        cancel_requested_at=None,
        stopped_by=None,
    )

    code = finding.code if finding else None
    left = {ShipmentStatus.DEPARTED, ShipmentStatus.ARRIVED, ShipmentStatus.DELIVERED}
    if is_released_again or status is ShipmentStatus.CANCELLED:
        assert code is None
    elif status in left:
        assert code == "routing.shipment.left_undeclared"
    else:
        assert code == "routing.shipment.declaration_cancelled"


@pytest.mark.parametrize("status", list(ShipmentStatus))
def test_a_list_that_customs_is_asked_to_cancel_is_a_finding(status: ShipmentStatus) -> None:
    finding = declaration_finding(
        status,
        released_at=hours(1),
        declaration_cancelled_at=None,
        cancel_requested_at=hours(2),
        stopped_by=None,
    )

    code = finding.code if finding else None
    left = {ShipmentStatus.DEPARTED, ShipmentStatus.ARRIVED, ShipmentStatus.DELIVERED}
    if status is ShipmentStatus.CANCELLED:
        assert code is None
    elif status in left:
        assert code == "routing.shipment.left_cancel_requested"
    else:
        assert code == "routing.shipment.cancel_requested"


@pytest.mark.parametrize("by", list(StoppedBy))
@pytest.mark.parametrize("status", list(ShipmentStatus))
def test_a_stopped_list_takes_the_place_of_what_has_not_been_loaded_and_says_so(
    status: ShipmentStatus, by: StoppedBy
) -> None:
    """Also where another list was cancelled before; not once a later one is released."""
    said = Clearance().declaration_cancelled(hours(1), version=1).stopped(hours(2), by, version=2)
    at_the_park = {"booked", "waiting", "manifested"}

    finding = declaration_finding(
        status,
        released_at=None,
        declaration_cancelled_at=hours(1),
        cancel_requested_at=None,
        stopped_by=by,
    )

    assert Standing("shp_1", status, said).loses_place == (status in at_the_park)
    released = Standing("shp_1", status, said.released(hours(3), version=3))
    assert not released.loses_place
    code = finding.code if finding else None
    if status is ShipmentStatus.CANCELLED:
        assert code is None
    elif status in (*at_the_park, "unroutable"):
        assert code == f"routing.shipment.declaration_{by}"
    else:
        assert code == "routing.shipment.left_undeclared"

"""The parties together: when something happens next, and whether anybody still has work."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.sandbox.park import SeededPark
from deploy.sandbox.world import OutsideWorld, WorldTaken, only_world

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture
def world(park: SeededPark) -> OutsideWorld:
    return OutsideWorld(park, "run")


async def test_next_is_the_earliest_of_all_parties(world: OutsideWorld) -> None:
    nothing = world.next_due
    world.airlines._coming = [AT + timedelta(hours=2)]
    world.scanners[1]._second_looks = [AT + timedelta(hours=1)]

    assert nothing is None
    assert world.next_due == AT + timedelta(hours=1)


async def test_busy_names_who_still_has_work(world: OutsideWorld) -> None:
    idle = world.busy
    world.scanners[0].busy, world.scanners[2].busy = 3, 4

    assert idle == ""
    assert world.busy == "7 scans"


async def test_idle_means_that_all_have_looked_since_and_found_nothing(
    world: OutsideWorld,
) -> None:
    world.office.looked_s = world.airlines.looked_s = 10.0
    for scanner in world.scanners:
        scanner.looked_s = 10.0

    looked_before = world.is_idle_since(10.0)
    looked_since = world.is_idle_since(9.0)
    world.airlines.busy = 1

    assert (looked_before, looked_since) == (False, True)
    assert not world.is_idle_since(9.0)


def test_a_second_world_of_a_park_is_refused(tmp_path: Path) -> None:
    with (
        only_world(tmp_path),
        pytest.raises(WorldTaken, match="make run WORLD=0"),
        only_world(tmp_path),
    ):
        pass


def test_a_world_that_has_ended_makes_room_for_another(tmp_path: Path) -> None:
    with only_world(tmp_path):
        pass

    with only_world(tmp_path):
        assert (tmp_path / "world.lock").exists()

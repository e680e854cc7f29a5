"""Arrays of the search: what is refused, what is shared, how it is compiled."""

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.routing.domain.itineraries.kernel import compiled, earliest, pareto, profile
from services.routing.domain.itineraries.network import Network
from services.routing.domain.itineraries.search import Query, Target, find_front
from services.routing.domain.itineraries.trips import carriages_of_trips
from services.routing.domain.itineraries.warming import warm

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Arrays:
    """A → B → C, two carriages of a leg each."""

    departs_s: tuple[int, ...] = (0, 100)
    arrives_s: tuple[int, ...] = (60, 160)
    legs: tuple[int, ...] = (1, 1)
    accept_s: tuple[int, ...] = (0, 0)
    avail_s: tuple[int, ...] = (0, 0)
    connection_s: int = 40

    def network(self) -> Network:
        return Network.of(
            ["A", "B", "C"],
            departs_s=self.departs_s,
            arrives_s=self.arrives_s,
            origin=(0, 1),
            destination=(1, 2),
            mode=(0, 0),
            legs=self.legs,
            accept_s=self.accept_s,
            avail_s=self.avail_s,
            transfer_s=np.full((3, 2, 2), self.connection_s),
        )


def count_ways(network: Network, **costs: Any) -> int:
    given = {"usable": [True, True], "price": [1, 2], "co2e_g": [3, 4], **costs}
    query = Query(network.index["A"], 0, (Target(network.index["C"]),), legs_max=2)
    return len(find_front(network, network.costs(**given), query))


@pytest.mark.parametrize(
    "change",
    [
        {"departs_s": (200, 100)},
        {"arrives_s": (60, 99)},
        {"legs": (1, 0)},
        {"accept_s": (0, -1)},
        {"avail_s": (-1, 0)},
        {"connection_s": -1},
        {"legs": (1, 1, 1)},
    ],
)
def test_arrays_that_make_no_network_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        replace(Arrays(), **change).network()


def test_costs_have_an_entry_for_each_carriage_and_their_type_does_not_matter() -> None:
    network = Arrays().network()

    assert count_ways(network) == 1
    assert count_ways(network, price=np.array([1.0, 2.0]), usable=np.array([1, 1], np.int8)) == 1
    assert count_ways(network, usable=[True, False]) == 0
    with pytest.raises(ValueError, match="shape"):
        count_ways(network, price=[1])


def test_connection_time_that_just_fits_is_a_connection_and_one_second_more_is_none() -> None:
    network = Arrays(connection_s=0).network()

    for connection_s, ways in ((0, 1), (40, 1), (41, 0)):
        other = network.with_transfer(np.full((3, 2, 2), connection_s))
        assert count_ways(other) == ways
    assert count_ways(network) == 1


def test_what_takes_no_time_is_scanned_again_only_in_networks_that_have_it() -> None:
    """B → C is before A → B in the arrays, though it follows it at the same instant."""
    network = Network.of(
        ["A", "B", "C"],
        departs_s=(0, 0, 60),
        arrives_s=(0, 0, 120),
        origin=(1, 0, 2),
        destination=(2, 1, 0),
        mode=(0, 0, 0),
        legs=(1, 1, 1),
        accept_s=(0, 0, 0),
        avail_s=(0, 0, 0),
        transfer_s=np.zeros((3, 2, 2)),
    )
    costs = network.costs(usable=[True] * 3, price=[1] * 3, co2e_g=[1] * 3)

    (row,) = find_front(network, costs, Query(0, 0, (Target(2),), legs_max=2))
    assert row.carriages == (1, 0)
    assert not Arrays().network().stretches.is_repeated.any()


def test_goods_stay_aboard_where_the_next_leg_follows() -> None:
    """Trip 1: three legs; trip 2: no leg 2; trip 3: leg 2 begins elsewhere; 4: it is too early."""
    made = carriages_of_trips(
        trip=(1, 1, 1, 2, 2, 3, 3, 4, 4),
        leg=(3, 1, 2, 1, 3, 1, 2, 1, 2),
        origin=(2, 0, 1, 0, 1, 0, 2, 0, 1),
        destination=(3, 1, 2, 1, 2, 1, 3, 1, 2),
        departs_s=(200, 0, 100, 0, 100, 0, 100, 0, 50),
        arrives_s=(260, 60, 160, 60, 160, 60, 160, 60, 160),
        legs_max=2,
    )

    through = [made.flights_of(n) for n in range(len(made)) if made.legs[n] > 1]
    assert through == [[1, 2], [2, 0]]
    assert len(made) == 9 + 2
    assert made.total(np.arange(9) * 10)[made.legs > 1].tolist() == [30, 20]
    assert made.least(np.arange(9) * 10)[made.legs > 1].tolist() == [10, 0]


def test_every_entry_of_the_kernel_is_compiled_once() -> None:
    """A second combination of argument types would be seconds of compiling, at some call."""
    warm()
    assert count_ways(Arrays().network(), price=np.array([1, 2], np.int16)) == 1

    for entry in (pareto.find_front, earliest.find_earliest, profile.find_profile):
        assert len(getattr(entry, "signatures")) == 1, entry  # noqa: B009 - numba's, not typed


def test_the_cache_is_kept_where_it_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As root every folder can be written to, so the folder that cannot is a file here."""
    compiled.cache_folder.cache_clear()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert compiled.cache_folder() == tmp_path / compiled.digest()

    compiled.cache_folder.cache_clear()
    (tmp_path / "file").touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    assert compiled.cache_folder() is None
    compiled.cache_folder.cache_clear()


def test_the_kernel_runs_uncompiled_for_whoever_looks_for_a_fault() -> None:
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    command = [sys.executable, "-m", "services.routing", "warm"]

    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr

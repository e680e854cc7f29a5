"""How long handling takes at an airport: connections, acceptance, cut-offs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from services.routing.domain.network.records import Mode

EVERYWHERE: Final = "*"


@dataclass(frozen=True, slots=True)
class HandlingTimes:
    """Minutes per (airport, step) from reference data; airport `*` is the default.

    Steps: air_air, air_road, road_air, road_road (minimum connection time), handling, cut_off.
    """

    minutes: Mapping[tuple[str, str], int]

    def of(self, airport: str, step: str) -> int:
        """Raises KeyError if neither the airport nor the default knows the step."""
        own = self.minutes.get((airport, step))
        return self.minutes[EVERYWHERE, step] if own is None else own

    def connection(self, airport: str, arriving: Mode, leaving: Mode) -> int:
        return self.of(airport, f"{arriving}_{leaving}")

    def cut_off(self, airport: str) -> timedelta | None:
        """How long before departure manifests close; None: flights from there have none."""
        minutes = self.minutes.get((airport, "cut_off"))
        return None if minutes is None else timedelta(minutes=minutes)

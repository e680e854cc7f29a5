"""When the port is down: on demand, by plan, or because a file says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

CONTROL_FILE: Final = "port-is-down"  # in the folder of the Single Window


class How(StrEnum):
    """SHUT: takes no messages, sends no answers · FAILING: takes them, and hands none on."""

    SHUT = "shut"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Outage:
    """In business time. `until` is None where nobody knows."""

    since: datetime
    until: datetime | None
    how: How = How.SHUT

    def is_on(self, now: datetime) -> bool:
        return self.since <= now and (self.until is None or now < self.until)


class Outages:
    """The control file holds `shut` or `failing`; an empty one means shut. While it is there the
    port is down, whatever was planned."""

    def __init__(self, root: Path, planned: Sequence[Outage] = ()) -> None:
        self._file = root / CONTROL_FILE
        self._outages = list(planned)

    def add(self, outage: Outage) -> None:
        self._outages.append(outage)

    def mend(self, now: datetime) -> None:
        """The port works again; what is planned for later stays planned."""
        self._outages = [one for one in self._outages if not one.is_on(now)]
        self._file.unlink(missing_ok=True)

    def at(self, now: datetime) -> Outage | None:
        if self._file.exists():
            says_failing = self._file.read_text(encoding="utf-8").strip() == How.FAILING
            return Outage(now, None, How.FAILING if says_failing else How.SHUT)
        return next((one for one in self._outages if one.is_on(now)), None)

    def is_shut(self, now: datetime) -> bool:
        outage = self.at(now)
        return outage is not None and outage.how is How.SHUT

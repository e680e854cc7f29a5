"""A promise to a buyer's door: what it says, what happened since, and how it is graded.

The first promise of a shipment counts. Whoever books it again makes another one, which is kept for
the record and graded by nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Grade(StrEnum):
    """`open`: not due yet. `overdue`: due, and not delivered yet. `void`: the merchant cancelled it
    before it was due.
    """

    OPEN = "open"
    KEPT = "kept"
    LATE = "late"
    OVERDUE = "overdue"
    VOID = "void"


class Fault(StrEnum):
    """Who broke a promise. The rule is in `faults.py`."""

    MERCHANT = "merchant"
    CUSTOMS = "customs"
    PARK = "park"
    CARRIER = "carrier"
    LAST_MILE = "last_mile"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PromisedLeg:
    """A flight as it was planned when the promise was made."""

    flight_id: str
    carrier: str
    origin: str
    destination: str
    departs_at: datetime
    arrives_at: datetime


@dataclass(frozen=True, slots=True)
class Promise:
    """`cut_off_at`: until then the goods had to be handed over, released and screened for the first
    flight. `promised_at`: at the buyer's door.
    """

    legs: Sequence[PromisedLeg]
    cut_off_at: datetime
    promised_at: datetime

    @property
    def gateway(self) -> str:
        return self.legs[-1].destination

    @property
    def gateway_at(self) -> datetime:
        """The arrival at the gateway that the promise relied on."""
        return self.legs[-1].arrives_at


@dataclass(frozen=True, slots=True)
class Status:
    """A line of the shipment's log, by its FSU code."""

    code: str
    airport: str
    flight_id: str | None
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class FlightFacts:
    """`departs_at`: as scheduled now. `departed_at`, `cancelled_at`: as reported."""

    departs_at: datetime
    departed_at: datetime | None
    cancelled_at: datetime | None


@dataclass(frozen=True, slots=True)
class History:
    """What is recorded about the shipment of a promise. `flights`: all that the promise or the log
    names. `blocked_at`: the export list was found to be faulty before it was sent.
    `is_list_asked_back`: customs was asked to cancel it, or has cancelled it.
    """

    released_at: datetime | None
    screened_at: datetime | None
    blocked_at: datetime | None
    is_list_asked_back: bool
    delivered_at: datetime | None
    cancelled_at: datetime | None
    log: Sequence[Status]
    flights: Mapping[str, FlightFacts]

    def first(
        self, code: str, *, airport: str | None = None, flight_id: str | None = None
    ) -> datetime | None:
        """When it was first reported, at that airport and of that flight if they are given."""
        return min(
            (
                status.occurred_at
                for status in self.log
                if status.code == code
                and airport in (None, status.airport)
                and flight_id in (None, status.flight_id)
            ),
            default=None,
        )

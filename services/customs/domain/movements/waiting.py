"""What a report about goods waits for, and when a person is asked why it still waits.

Which report comes first is different from district to district: reference/districts.csv says it.
A report is kept as waiting by the parcels that have no document yet, so whoever looks next goes on.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from services.customs.domain.declarations.phase import ENTERED, Phase
from services.customs.domain.documents.kinds import MESSAGE_TYPE, DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.messages.parties import SiteParties
from services.customs.domain.messages.senders import find_site_sender
from services.customs.domain.regimes.regime import District
from services.customs.domain.registrations.findings import PartyFinding

# What belongs together is noted within this (real) time. Then the report leaves without the rest.
WAIT: Final = timedelta(seconds=2)
# Parcels looked at in one run, so that a run ends.
PARCELS_MAX: Final = 5_000
# After this (real) time a person is asked.
PATIENCE: Final = timedelta(minutes=10)

# Customs has let the goods go. Nothing else may be reported as departed.
CLEARED: Final = frozenset({Phase.RELEASED, Phase.CLOSED})


@dataclass(frozen=True, slots=True)
class MovementTerms:
    """What must be true before a report, in a district. `arriving`, `bound` and `departing`: the
    statuses of declarations whose goods may be named in CEB507, CEB607 and CEB509.
    `bills_before_departure`: the phases of the CEB607 after which CEB509 may leave.
    """

    arriving: frozenset[Phase]
    bound: frozenset[Phase]
    departing: frozenset[Phase]
    bills_before_departure: frozenset[DocumentPhase]


def terms_of(district: District) -> MovementTerms:
    accepted = frozenset({DocumentPhase.ACCEPTED})
    return MovementTerms(
        arriving=ENTERED if district.arrival_before_release else CLEARED,
        bound=ENTERED,
        departing=CLEARED,
        bills_before_departure=(
            accepted if district.bill_before_departure else frozenset(DocumentPhase)
        ),
    )


class Stall(StrEnum):
    """Why a report has been waiting for too long."""

    ARRIVAL_WITHOUT_BILL = "arrival_without_bill"  # nobody has named the bill it came under
    ARRIVAL_NOT_ACCEPTED = "arrival_not_accepted"
    DEPARTED_UNCLEARED = "departed_uncleared"  # the parcel has left, its list is not released
    BILL_NOT_ACCEPTED = "bill_not_accepted"
    DEPARTURE_NOT_ACCEPTED = "departure_not_accepted"
    NO_ENTERPRISE = "no_enterprise"  # nobody is registered whom the report could name


@dataclass(frozen=True, slots=True)
class Movement:
    """A parcel of which a report is overdue. `arrival`, `bill`, `departure`: the phases of the
    CEB507, CEB607 and CEB509 that name it; None: none does. `has_bill_number`: the number that its
    arrival is reported under is known. `is_bill_old`, `is_departure_old`: customs has had the time
    to accept it. `due_at`: the cut-off of its flight, or the end of the clock of its report.
    """

    declaration_id: str
    house_waybill: str | None
    status: Phase
    has_arrived: bool
    has_bill_number: bool
    arrival: DocumentPhase | None
    has_departed: bool
    bill: DocumentPhase | None
    departure: DocumentPhase | None
    is_bill_old: bool
    is_departure_old: bool
    due_at: datetime | None = None


_REPORTS: Final = frozenset({DocumentKind.ARRIVAL, DocumentKind.BILL, DocumentKind.DEPARTURE})


def nameless_reports(
    parties: SiteParties | tuple[PartyFinding, ...],
) -> frozenset[DocumentKind]:
    """The reports for which nobody is registered, or by whose client they could leave."""
    if not isinstance(parties, SiteParties):
        return _REPORTS
    unsent = {one for one in _REPORTS if find_site_sender(MESSAGE_TYPE[one], parties) is None}
    return frozenset(unsent if parties.operator else {*unsent, DocumentKind.ARRIVAL})


def stall_of(
    movement: Movement, terms: MovementTerms, nameless: Collection[DocumentKind] = ()
) -> Stall | None:
    """Why the next report of an overdue parcel has not been made, or has not been accepted; None:
    nothing is wrong. What has left counts more than what has only arrived. `nameless`: see
    `nameless_reports`.
    """
    if movement.has_departed and movement.departure is None:
        return _stall_of_departure(movement, terms, nameless)
    if _is_late(movement.departure, is_old=movement.is_departure_old):
        return Stall.DEPARTURE_NOT_ACCEPTED
    if _is_late(movement.bill, is_old=movement.is_bill_old):
        return Stall.BILL_NOT_ACCEPTED
    if movement.has_arrived and movement.status in terms.arriving:
        return _stall_of_arrival(movement, nameless)
    return None


def _is_late(report: DocumentPhase | None, *, is_old: bool) -> bool:
    return report is not None and report is not DocumentPhase.ACCEPTED and is_old


def _stall_of_departure(
    movement: Movement, terms: MovementTerms, nameless: Collection[DocumentKind]
) -> Stall:
    if movement.status not in terms.departing:
        return Stall.DEPARTED_UNCLEARED
    is_nameless = DocumentKind.DEPARTURE in nameless
    return Stall.NO_ENTERPRISE if is_nameless else Stall.BILL_NOT_ACCEPTED


def _stall_of_arrival(movement: Movement, nameless: Collection[DocumentKind]) -> Stall | None:
    if movement.arrival is None and not movement.has_bill_number:
        return Stall.ARRIVAL_WITHOUT_BILL
    if movement.arrival is None and DocumentKind.ARRIVAL in nameless:
        return Stall.NO_ENTERPRISE
    return None if movement.arrival is DocumentPhase.ACCEPTED else Stall.ARRIVAL_NOT_ACCEPTED

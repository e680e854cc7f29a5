"""What customs says of a shipment: released, released no more because the list was cancelled,
is to be, or was stopped, screened, and when it is ready to fly.

Topics have no order among each other, and old events may be sent again: what counts is the version
of the declaration that said it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.routing.domain.shipments.shipment import ShipmentStatus

# Later a screening no longer matters: the shipment is on a manifest, gone or cancelled.
_BEFORE_THE_MANIFEST = (ShipmentStatus.BOOKED, ShipmentStatus.WAITING, ShipmentStatus.UNROUTABLE)


class StoppedBy(StrEnum):
    """What ends the way of an export list before its release, so that it has to go again.

    `blocked`: our own check found faults and nothing was sent. `returned`: customs sent it back.
    `withdrawn`: somebody took it back before customs had it; then no other list follows.
    """

    BLOCKED = "blocked"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Clearance:
    """Each instant with the version of the declaration that last spoke of it, 0 for none.

    `released_at` is None where customs has cancelled the list since, or the list was stopped. Both
    stay known when another list is released. `cancel_requested_at` is None where nobody has asked,
    or nothing is left to ask for: customs has declined, has cancelled the list or sent it back.
    """

    released_at: datetime | None = None
    released_version: int = 0
    screened_at: datetime | None = None
    screened_version: int = 0
    declaration_cancelled_at: datetime | None = None
    declaration_cancelled_version: int = 0
    cancel_requested_at: datetime | None = None
    cancel_requested_version: int = 0
    stopped_at: datetime | None = None
    stopped_by: StoppedBy | None = None
    stopped_version: int = 0

    @property
    def is_complete(self) -> bool:
        return self.may_be_loaded and self.screened_at is not None

    @property
    def may_be_loaded(self) -> bool:
        """Customs has let it go, and is not asked to take that back."""
        return self.released_at is not None and self.cancel_requested_at is None

    @property
    def has_lost_list(self) -> bool:
        """Its list was cancelled or stopped, and no other one has been released since."""
        ended = self.declaration_cancelled_at is not None or self.stopped_at is not None
        return ended and self.released_at is None

    @property
    def _ended_version(self) -> int:
        return max(self.declaration_cancelled_version, self.stopped_version)

    def released(self, at: datetime | None, *, version: int) -> "Clearance":
        """`at` None: what was released is not the list that counts."""
        if version <= self.released_version:
            return self
        still = at if version > self._ended_version else None
        return replace(self, released_at=still, released_version=version)

    def declaration_cancelled(self, at: datetime, *, version: int) -> "Clearance":
        """A release that came before no longer counts."""
        if version <= self.declaration_cancelled_version:
            return self
        ended = self._list_ended(version)
        return replace(ended, declaration_cancelled_at=at, declaration_cancelled_version=version)

    def stopped(self, at: datetime | None, by: StoppedBy, *, version: int) -> "Clearance":
        """`at` None: what was stopped is not the list that counts, so nothing follows."""
        if at is None or version <= self.stopped_version:
            return self
        ended = self._list_ended(version)
        return replace(ended, stopped_at=at, stopped_by=by, stopped_version=version)

    def _list_ended(self, version: int) -> "Clearance":
        """What was said of the list before that version no longer counts."""
        is_asked_since = self.cancel_requested_version > version
        return replace(
            self,
            released_at=self.released_at if self.released_version > version else None,
            cancel_requested_at=self.cancel_requested_at if is_asked_since else None,
        )

    def cancel_requested(self, at: datetime | None, *, version: int) -> "Clearance":
        """`at` None: customs has declined to cancel the list."""
        if version <= self.cancel_requested_version:
            return self
        is_open = version > self._ended_version
        return replace(
            self, cancel_requested_at=at if is_open else None, cancel_requested_version=version
        )

    def screened(self, passed_at: datetime | None, *, version: int) -> "Clearance":
        """`passed_at` None: it was not passed, and what passed before no longer counts."""
        if version <= self.screened_version:
            return self
        return replace(self, screened_at=passed_at, screened_version=version)


@dataclass(frozen=True, slots=True)
class Standing:
    """A shipment's status and what customs has said of it so far."""

    shipment_id: str
    status: ShipmentStatus
    clearance: Clearance

    def released(self, at: datetime | None, *, version: int) -> "Standing":
        return replace(self, clearance=self.clearance.released(at, version=version))

    def declaration_cancelled(self, at: datetime, *, version: int) -> "Standing":
        return replace(self, clearance=self.clearance.declaration_cancelled(at, version=version))

    def stopped(self, at: datetime | None, by: StoppedBy, *, version: int) -> "Standing":
        return replace(self, clearance=self.clearance.stopped(at, by, version=version))

    def cancel_requested(self, at: datetime | None, *, version: int) -> "Standing":
        return replace(self, clearance=self.clearance.cancel_requested(at, version=version))

    def screened(self, passed_at: datetime | None, *, version: int) -> "Standing":
        if self.status not in _BEFORE_THE_MANIFEST:
            return self
        return replace(self, clearance=self.clearance.screened(passed_at, version=version))

    @property
    def needs_flight(self) -> bool:
        """It lost its place because it was not ready, and now it is."""
        return self.status is ShipmentStatus.WAITING and self.clearance.is_complete

    @property
    def may_be_looked_at_again(self) -> bool:
        """It has no itinerary, and a list that counts, or none yet."""
        return self.status is ShipmentStatus.UNROUTABLE and not self.clearance.has_lost_list

    @property
    def loses_place(self) -> bool:
        """It holds room that it cannot use. It is on a closed manifest, and customs has cancelled
        its list since, or is asked to; or its list has to go again, and until then others can have
        the room.
        """
        if self.status is ShipmentStatus.MANIFESTED:
            return not self.clearance.may_be_loaded
        waits_for_room = self.status in (ShipmentStatus.BOOKED, ShipmentStatus.WAITING)
        return waits_for_room and self.clearance.has_lost_list

"""What customs says of a shipment: released, screened, and when both make it ready to fly.

Topics have no order among each other, and old events may be sent again: what counts is the version
of the declaration that said it.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from services.routing.domain.shipments.shipment import ShipmentStatus

# Later a screening no longer matters: the shipment is on a manifest, gone or cancelled.
_BEFORE_THE_MANIFEST = (ShipmentStatus.BOOKED, ShipmentStatus.WAITING, ShipmentStatus.UNROUTABLE)


@dataclass(frozen=True, slots=True)
class Clearance:
    """Each instant with the version of the declaration that last spoke of it, 0 for none."""

    released_at: datetime | None = None
    released_version: int = 0
    screened_at: datetime | None = None
    screened_version: int = 0

    @property
    def is_complete(self) -> bool:
        return self.released_at is not None and self.screened_at is not None

    def released(self, at: datetime, *, version: int) -> "Clearance":
        if version <= self.released_version:
            return self
        return replace(self, released_at=at, released_version=version)

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

    def released(self, at: datetime, *, version: int) -> "Standing":
        return replace(self, clearance=self.clearance.released(at, version=version))

    def screened(self, passed_at: datetime | None, *, version: int) -> "Standing":
        if self.status not in _BEFORE_THE_MANIFEST:
            return self
        return replace(self, clearance=self.clearance.screened(passed_at, version=version))

    @property
    def needs_flight(self) -> bool:
        """It lost its place because it was not ready, and now it is."""
        return self.status is ShipmentStatus.WAITING and self.clearance.is_complete

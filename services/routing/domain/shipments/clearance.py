"""What customs says of a shipment: released, released no more because the list was cancelled
or is to be, screened, and when it is ready to fly.

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
    """Each instant with the version of the declaration that last spoke of it, 0 for none.

    `released_at` is None where customs has cancelled the list since. The cancellation stays known
    when another list is released. `cancel_requested_at` is None where nobody has asked, or customs
    has answered: it has declined, or cancelled the list.
    """

    released_at: datetime | None = None
    released_version: int = 0
    screened_at: datetime | None = None
    screened_version: int = 0
    declaration_cancelled_at: datetime | None = None
    declaration_cancelled_version: int = 0
    cancel_requested_at: datetime | None = None
    cancel_requested_version: int = 0

    @property
    def is_complete(self) -> bool:
        return self.may_be_loaded and self.screened_at is not None

    @property
    def may_be_loaded(self) -> bool:
        """Customs has let it go, and is not asked to take that back."""
        return self.released_at is not None and self.cancel_requested_at is None

    def released(self, at: datetime | None, *, version: int) -> "Clearance":
        """`at` None: what was released is not the list that counts."""
        if version <= self.released_version:
            return self
        still = at if version > self.declaration_cancelled_version else None
        return replace(self, released_at=still, released_version=version)

    def declaration_cancelled(self, at: datetime, *, version: int) -> "Clearance":
        """A release that came before no longer counts."""
        if version <= self.declaration_cancelled_version:
            return self
        still = self.released_at if self.released_version > version else None
        is_asked_since = self.cancel_requested_version > version
        return replace(
            self,
            released_at=still,
            cancel_requested_at=self.cancel_requested_at if is_asked_since else None,
            declaration_cancelled_at=at,
            declaration_cancelled_version=version,
        )

    def cancel_requested(self, at: datetime | None, *, version: int) -> "Clearance":
        """`at` None: customs has declined to cancel the list."""
        if version <= self.cancel_requested_version:
            return self
        is_open = version > self.declaration_cancelled_version
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
    def must_not_be_loaded(self) -> bool:
        """It is on a closed manifest, and customs has cancelled its list since, or is asked to."""
        return self.status is ShipmentStatus.MANIFESTED and not self.clearance.may_be_loaded

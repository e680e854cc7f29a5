"""What events of other services ask of a shipment."""

from dataclasses import dataclass
from datetime import datetime

from services.routing.domain.partners import NoteRights
from services.routing.domain.shipments.clearance import StoppedBy
from services.routing.domain.shipments.shipment import Goods


@dataclass(frozen=True, slots=True, kw_only=True)
class _Command:
    """`tenant_id` and `traceparent` are those of the event."""

    tenant_id: str
    traceparent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookShipment(_Command):
    goods: Goods


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelShipment(_Command):
    order_id: str
    merchant_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRelease(_Command):
    """`released_at` None: customs released a list that no longer counts."""

    order_id: str
    merchant_id: str
    released_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDeclarationCancelled(_Command):
    """Customs has cancelled the list; the order may stand."""

    order_id: str
    merchant_id: str
    cancelled_at: datetime
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteStop(_Command):
    """The list was not sent, or customs sent it back: it has to go again. `stopped_at` None: that
    is said of a list that no longer counts.
    """

    order_id: str
    merchant_id: str
    stopped_at: datetime | None
    stopped_by: StoppedBy
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteCancelRequest(_Command):
    """Customs is asked to cancel the list. `requested_at` None: it has declined."""

    order_id: str
    merchant_id: str
    requested_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteScreening(_Command):
    """`passed_at` None: the screening was not passed."""

    order_id: str
    merchant_id: str
    passed_at: datetime | None
    version: int


NoteOfCustoms = (
    NoteRelease | NoteStop | NoteCancelRequest | NoteDeclarationCancelled | NoteScreening
)
Command = BookShipment | CancelShipment | NoteOfCustoms | NoteRights

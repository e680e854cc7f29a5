"""What the events of others mean to routing: each becomes a command for its shipment."""

from datetime import datetime
from typing import Final

from services.routing.domain.acceptance.declared import dangerous_goods_of
from services.routing.domain.shipments.clearance import StoppedBy
from services.routing.domain.shipments.commands import (
    BookShipment,
    CancelShipment,
    NoteCancelRequest,
    NoteDeclarationCancelled,
    NoteRelease,
    NoteScreening,
    NoteStop,
)
from services.routing.domain.shipments.shipment import Goods
from shared.contracts.catalog.orders import OrderCancelled, OrderPlaced
from shared.contracts.customs.declarations import (
    DeclarationBlocked,
    DeclarationCancelDeclined,
    DeclarationCancelled,
    DeclarationCancelRequested,
    DeclarationReleased,
    DeclarationReturned,
    DeclarationScreened,
    DeclarationWithdrawn,
)
from shared.kafka import Received

# The statuses of a declaration whose list is released. While customs is asked to cancel the list,
# it still is; that it is asked is another fact.
_RELEASED: Final = frozenset({"released", "closed", "cancel_requested"})
# The statuses of a declaration that has no list under way: it was stopped, or taken back then.
_STOPPED: Final = frozenset({"blocked", "returned", "withdrawn"})


def on_order_placed(event: Received[OrderPlaced]) -> BookShipment:
    order = event.payload
    return BookShipment(
        tenant_id=event.envelope.tenant_id,
        traceparent=event.envelope.traceparent,
        goods=Goods(
            order_id=order.order_id,
            merchant_id=order.merchant_id,
            store=order.store,
            destination_country=order.ship_to.country,
            postal_code=order.ship_to.postal_code,
            weight_g=order.gross_weight_g,
            volume_cm3=order.volume_cm3,
            placed_at=order.placed_at,
            hs_codes=frozenset(line.hs_code for line in order.lines),
            dangerous_goods=dangerous_goods_of(
                (line.hs_code, line.battery) for line in order.lines
            ),
        ),
    )


def on_order_cancelled(event: Received[OrderCancelled]) -> CancelShipment:
    return CancelShipment(
        tenant_id=event.envelope.tenant_id,
        traceparent=event.envelope.traceparent,
        order_id=event.payload.order_id,
        merchant_id=event.payload.merchant_id,
    )


def on_declaration_released(event: Received[DeclarationReleased]) -> NoteRelease:
    """A receipt about an older list may come after customs has cancelled it, or while a newer list
    is examined. The status says so.
    """
    declaration = event.payload
    return NoteRelease(
        tenant_id=event.envelope.tenant_id,
        traceparent=event.envelope.traceparent,
        order_id=declaration.order_id,
        merchant_id=declaration.merchant_id,
        released_at=declaration.at if declaration.status in _RELEASED else None,
        version=event.envelope.aggregate_version,
    )


def on_declaration_blocked(event: Received[DeclarationBlocked]) -> NoteStop:
    return _stop(event, StoppedBy.BLOCKED)


def on_declaration_returned(event: Received[DeclarationReturned]) -> NoteStop:
    return _stop(event, StoppedBy.RETURNED)


def on_declaration_withdrawn(event: Received[DeclarationWithdrawn]) -> NoteStop:
    return _stop(event, StoppedBy.WITHDRAWN)


def _stop(
    event: Received[DeclarationBlocked | DeclarationReturned | DeclarationWithdrawn],
    by: StoppedBy,
) -> NoteStop:
    """A receipt about an older list may come while a newer one is examined. The status says so."""
    declaration = event.payload
    return NoteStop(
        tenant_id=event.envelope.tenant_id,
        traceparent=event.envelope.traceparent,
        order_id=declaration.order_id,
        merchant_id=declaration.merchant_id,
        stopped_at=declaration.at if declaration.status in _STOPPED else None,
        stopped_by=by,
        version=event.envelope.aggregate_version,
    )


def on_cancel_requested(event: Received[DeclarationCancelRequested]) -> NoteCancelRequest:
    return _cancel_request(event, requested_at=event.payload.at)


def on_cancel_declined(event: Received[DeclarationCancelDeclined]) -> NoteCancelRequest:
    return _cancel_request(event, requested_at=None)


def _cancel_request(
    event: Received[DeclarationCancelRequested] | Received[DeclarationCancelDeclined],
    *,
    requested_at: datetime | None,
) -> NoteCancelRequest:
    return NoteCancelRequest(
        tenant_id=event.envelope.tenant_id,
        traceparent=event.envelope.traceparent,
        order_id=event.payload.order_id,
        merchant_id=event.payload.merchant_id,
        requested_at=requested_at,
        version=event.envelope.aggregate_version,
    )


def on_declaration_cancelled(event: Received[DeclarationCancelled]) -> NoteDeclarationCancelled:
    declaration = event.payload
    return NoteDeclarationCancelled(
        tenant_id=event.envelope.tenant_id,
        traceparent=event.envelope.traceparent,
        order_id=declaration.order_id,
        merchant_id=declaration.merchant_id,
        cancelled_at=declaration.at,
        version=event.envelope.aggregate_version,
    )


def on_declaration_screened(event: Received[DeclarationScreened]) -> NoteScreening:
    declaration = event.payload
    return NoteScreening(
        tenant_id=event.envelope.tenant_id,
        traceparent=event.envelope.traceparent,
        order_id=declaration.order_id,
        merchant_id=declaration.merchant_id,
        passed_at=declaration.at if declaration.passed else None,
        version=event.envelope.aggregate_version,
    )

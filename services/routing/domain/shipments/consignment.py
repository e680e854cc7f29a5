"""A shipment as acceptance sees it."""

from services.routing.domain.acceptance.goods import (
    CUSTOMS_RELEASE,
    Consignment,
    Piece,
    SecurityStatus,
)
from services.routing.domain.shipments.shipment import Shipment


def consignment_of(shipment: Shipment, *, is_cleared: bool) -> Consignment:
    """`is_cleared`: screened and released by customs. Before that, both are not known.

    The park packs into parcels of equal weight, whose sizes nobody has said.
    """
    weight_g = -(-shipment.gross_weight_g // shipment.pieces)
    return Consignment(
        pieces=(Piece(weight_g, count=shipment.pieces, is_tiltable=True),),
        hs_codes=shipment.hs_codes,
        dangerous_goods=shipment.dangerous_goods,
        security_status=SecurityStatus.SPX if is_cleared else None,
        documents=frozenset({CUSTOMS_RELEASE} if is_cleared else ()),
    )

"""What the match makes of an order and its house waybill: those of a declaration, and those that
somebody only asks about. Both go the same way, so that what is found before is found again.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.case import Match
from services.customs.domain.declarations.documents import OrderDocument, Waybill
from services.customs.domain.declarations.drawing.dossier import (
    Takers,
    draw_up,
    order_number_finding,
)
from services.customs.domain.declarations.findings import Finding, errors_of
from services.customs.domain.declarations.repairing import KeptRepair, repaired, still_valid
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.documents.content import DrawnDocument
from services.customs.domain.messages import numbering

# Take the places of numbers that do not exist yet, and are as long.
_ANY_COP_NO: Final = numbering.cop_no("dec_" + "0" * 32)
_ANY_HOUSE_WAYBILL: Final = "0" * 14


@dataclass(frozen=True, slots=True)
class Examined:
    """`documents`: as they will be sent; empty unless the match is complete. `repairs`: those still
    valid. `rulebook`: the version it was made with; None: nothing was matched.
    """

    match: Match
    findings: tuple[Finding, ...] = ()
    repairs: tuple[KeptRepair, ...] = ()
    rulebook: str | None = None
    documents: tuple[DrawnDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class Papers:
    """What documents are drawn up from. `declaration_id`: None: there is no declaration.
    `order`: as received.
    """

    declaration_id: str | None
    order: OrderDocument | None
    waybill: Waybill | None
    cop_no: str = _ANY_COP_NO
    repairs: tuple[KeptRepair, ...] = ()

    @property
    def corrected(self) -> OrderDocument | None:
        """The order with the repairs that are still valid: what customs is told."""
        if self.order is None:
            return None
        return repaired(self.order, still_valid(self.order, self.repairs))


def examine(papers: Papers, *, rulebook: Rulebook, takers: Takers, now: datetime) -> Examined:
    """A draft as long as the order or the waybill is not there."""
    if papers.order is None or papers.waybill is None:
        return Examined(Match.DRAFT, repairs=papers.repairs)
    repairs = still_valid(papers.order, papers.repairs)
    order = repaired(papers.order, repairs)
    drawn = draw_up(order, papers.waybill, cop_no=papers.cop_no, rulebook=rulebook, now=now)
    taken = order_number_finding(papers.declaration_id, drawn.order_number, takers)
    findings = drawn.findings if taken is None else (*drawn.findings, taken)
    if errors_of(findings):
        return Examined(Match.BLOCKED, findings, repairs, rulebook.version)
    return Examined(Match.COMPLETE, findings, repairs, rulebook.version, drawn.documents)


def examine_early(papers: Papers, *, rulebook: Rulebook, takers: Takers, now: datetime) -> Examined:
    """Does not wait for the waybill: the order is matched with one that agrees with it. Without
    errors it is still a draft then.
    """
    order = papers.corrected
    if order is None or papers.waybill is not None:
        return examine(papers, rulebook=rulebook, takers=takers, now=now)
    supposed = replace(papers, waybill=agreeing_waybill(order))
    found = examine(supposed, rulebook=rulebook, takers=takers, now=now)
    return found if found.match is Match.BLOCKED else replace(found, match=Match.DRAFT)


def agreeing_waybill(order: OrderDocument) -> Waybill:
    """Of one parcel, as routing would book it."""
    return Waybill(
        order_id=order.order_id,
        shipment_id="",
        house_waybill=_ANY_HOUSE_WAYBILL,
        country=order.country,
        gross_weight_g=sum(line.gross_weight_g * line.quantity for line in order.lines),
        pieces=1,
        mode="air",
        flight_id=None,
        flight_number=None,
        departs_at=None,
    )

"""The export list, made from the order and the house waybill. Money in minor units, weights in
grams. Only `export_list_document` knows the units and codes of the wire format.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.codes import CodeTables
from services.customs.domain.declarations.documents import OrderDocument, Waybill
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.parties import Parties
from services.customs.domain.messages.values import amount, compact_time, kilograms, traf_mode


@dataclass(frozen=True, slots=True)
class ListLine:
    gnum: int
    item_no: str
    name: str
    hs_code: str
    quantity: int
    price_minor: int
    total_minor: int
    net_weight_g: int


@dataclass(frozen=True, slots=True)
class ExportList:
    """CEB603 in our own units. Codes are None where customs' table has none."""

    order_no: str
    waybill_no: str
    cop_no: str
    currency: str
    currency_code: str | None
    country_code: str | None
    gross_weight_g: int
    net_weight_g: int
    packages: int
    mode: str
    voyage_no: str | None
    leaves_at: datetime | None
    lines: tuple[ListLine, ...]

    @property
    def total_minor(self) -> int:
        return sum(line.total_minor for line in self.lines)


def draw_up_list(
    order: OrderDocument, waybill: Waybill, *, cop_no: str, codes: CodeTables
) -> ExportList:
    """The export list for an order and its waybill; lines are numbered 1..n as in the order."""
    lines = sorted(order.lines, key=lambda line: line.line)
    return ExportList(
        order_no=order.order_id,
        waybill_no=waybill.house_waybill,
        cop_no=cop_no,
        currency=order.currency,
        currency_code=codes.currency.get(order.currency),
        country_code=codes.country.get(order.country),
        gross_weight_g=sum(line.gross_weight_g * line.quantity for line in lines),
        net_weight_g=sum(line.net_weight_g * line.quantity for line in lines),
        packages=waybill.pieces,
        mode=waybill.mode,
        voyage_no=waybill.flight_number,
        leaves_at=waybill.departs_at,
        lines=tuple(
            ListLine(
                gnum=at,
                item_no=line.sku,
                name=line.title,
                hs_code=line.hs_code,
                quantity=line.quantity,
                price_minor=line.unit_price_minor,
                total_minor=line.unit_price_minor * line.quantity,
                net_weight_g=line.net_weight_g * line.quantity,
            )
            for at, line in enumerate(lines, start=1)
        ),
    )


# Supervision mode 9610 (B2C retail export), simplified list without summary declaration: four
# digits of the heading count, the rest is padded with zeros.
TRADE_MODE: Final = "9610"
STATISTICS_FLAG: Final = "A"
REGIME: Final = "9610/2024-12-15"  # no receipt of payment since GACC announcement 167/2024
_UNIT_PIECE: Final = "011"
_UNIT_KG: Final = "035"
_NO_BARCODE: Final = "无"


def export_list_document(
    export: ExportList, *, guid: str, app_time: datetime, parties: Parties
) -> Document:
    """The Inventory node of CEB603. `guid`: 36 upper-case characters; `app_time`: when the
    list is submitted.
    """
    leaves_at = export.leaves_at or app_time
    head: dict[str, str | None] = {
        "guid": guid,
        "appType": "1",
        "appTime": compact_time(app_time),
        "appStatus": "2",
        "customsCode": parties.customs_code,
        "ebpCode": parties.platform.code,
        "ebpName": parties.platform.name,
        "orderNo": export.order_no,
        "logisticsCode": parties.carrier.code,
        "logisticsName": parties.carrier.name,
        "logisticsNo": export.waybill_no,
        "copNo": export.cop_no,
        "ieFlag": "E",
        "portCode": parties.port_code,
        "ieDate": compact_time(leaves_at)[:8],
        "statisticsFlag": STATISTICS_FLAG,
        "agentCode": parties.declarant.code,
        "agentName": parties.declarant.name,
        "ebcCode": parties.merchant.code,
        "ebcName": parties.merchant.name,
        "ownerCode": parties.consignor.code,
        "ownerName": parties.consignor.name,
        "tradeMode": TRADE_MODE,
        "trafMode": traf_mode(export.mode),
        "voyageNo": export.voyage_no,
        "country": export.country_code,
        # Ports of destination have no open code table; the country's code is allowed here.
        "POD": export.country_code,
        "freight": "0",
        "fCurrency": export.currency_code,
        "fFlag": "3",
        "insuredFee": "0",
        "iCurrency": export.currency_code,
        "iFlag": "3",
        "wrapType": "2",
        "packNo": str(export.packages),
        "grossWeight": kilograms(export.gross_weight_g),
        "netWeight": kilograms(export.net_weight_g),
    }
    return Document(head, tuple(_line_values(line, export) for line in export.lines))


def _line_values(line: ListLine, export: ExportList) -> Mapping[str, str | None]:
    return {
        "gnum": str(line.gnum),
        "itemNo": line.item_no,
        "gcode": line.hs_code.ljust(10, "0"),
        "gname": line.name,
        "gmodel": line.item_no,
        "barCode": _NO_BARCODE,
        "country": export.country_code,
        "currency": export.currency_code,
        "qty": str(line.quantity),
        "qty1": kilograms(line.net_weight_g),
        "unit": _UNIT_PIECE,
        "unit1": _UNIT_KG,
        "price": amount(line.price_minor, export.currency),
        "totalPrice": amount(line.total_minor, export.currency),
    }

"""The export list, made from the order and the house waybill. Money in minor units, weights in
grams. Only `export_list_document` knows the codes of the wire format.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.documents import OrderDocument, OrderLine, Waybill
from services.customs.domain.declarations.goods import ELEMENTS, Model, bar_code, model_of, name_zh
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.declarations.terms import BONDED, Terms
from services.customs.domain.declarations.upload import NEW, upload_values
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.parties import Parties, Party
from services.customs.domain.messages.values import amount, compact_time, kilograms, traf_mode
from services.customs.domain.tariff.legal import LegalQuantities, legal_quantities
from services.customs.domain.tariff.tariff import Tariff, TariffRow


@dataclass(frozen=True, slots=True)
class ListLine:
    """`index`: of the order's line. `name`: in Chinese; None: not known. `title`: as sold. `row`:
    what the tariff asks of the code; None: the tariff does not have it.
    """

    index: int
    gnum: int
    item_no: str
    record_no: str | None
    name: str | None
    title: str
    model: Model
    bar_code: str
    hs_code: str
    row: TariffRow | None
    quantity: int
    legal: LegalQuantities
    price_minor: int
    total_minor: int
    net_weight_g: int


@dataclass(frozen=True, slots=True)
class ExportList:
    """CEB603 in our own units. Codes are None where customs' table has none. `platform`: where the
    goods were sold.
    """

    order_no: str
    platform: Party
    terms: Terms
    waybill_no: str
    cop_no: str
    currency: str
    currency_code: str | None
    country_code: str | None
    gross_weight_g: int
    net_weight_g: int
    packages: int
    mode: str
    flight_number: str | None
    leaves_at: datetime | None
    lines: tuple[ListLine, ...]

    @property
    def total_minor(self) -> int:
        return sum(line.total_minor for line in self.lines)


def draw_up_list(
    order: OrderDocument, waybill: Waybill, *, cop_no: str, rulebook: Rulebook
) -> ExportList:
    """The export list for an order and its waybill; lines are numbered 1..n as in the order."""
    codes, tariff = rulebook.codes, rulebook.tariff
    lines = sorted(enumerate(order.lines), key=lambda pair: pair[1].line)
    return ExportList(
        order_no=order.order_no,
        platform=rulebook.platform_of(order.store),
        terms=rulebook.terms,
        waybill_no=waybill.house_waybill,
        cop_no=cop_no,
        currency=order.currency,
        currency_code=codes.currency.get(order.currency),
        country_code=codes.country.get(order.country),
        gross_weight_g=sum(line.gross_weight_g * line.quantity for line in order.lines),
        net_weight_g=sum(line.net_weight_g * line.quantity for line in order.lines),
        packages=waybill.pieces,
        mode=waybill.mode,
        flight_number=waybill.flight_number,
        leaves_at=waybill.departs_at,
        lines=tuple(
            _list_line(line, tariff, index=index, gnum=gnum)
            for gnum, (index, line) in enumerate(lines, start=1)
        ),
    )


def _list_line(line: OrderLine, tariff: Tariff, *, index: int, gnum: int) -> ListLine:
    row = tariff.row_of(line.hs_code)
    net_weight_g = line.net_weight_g * line.quantity
    return ListLine(
        index=index,
        gnum=gnum,
        item_no=line.sku,
        record_no=line.item_record_no,
        name=name_zh(line),
        title=line.title,
        model=model_of(line, ELEMENTS if row is None else row.elements or ELEMENTS),
        bar_code=bar_code(line),
        hs_code=line.hs_code,
        row=row,
        quantity=line.quantity,
        legal=legal_quantities(
            tariff,
            row,
            quantity=line.quantity,
            net_weight_g=net_weight_g,
            given=(line.legal_quantity_1, line.legal_quantity_2),
        ),
        price_minor=line.unit_price_minor,
        total_minor=line.unit_price_minor * line.quantity,
        net_weight_g=net_weight_g,
    )


# The schema knows no other: freight and insurance are totals.
_TOTAL: Final = "3"


def export_list_document(
    export: ExportList, *, guid: str, app_time: datetime, parties: Parties, app_type: str = NEW
) -> Document:
    """The Inventory node of CEB603. `guid`: 36 upper-case characters; `app_time`: when the
    list is submitted. Master waybill and package are left to CEB607, and so is the flight unless
    the terms want it.
    """
    terms = export.terms
    area = parties.area if terms.mode == BONDED else None
    leaves_at = export.leaves_at or app_time
    head = upload_values(guid, app_time, app_type=app_type) | {
        "customsCode": parties.customs_code,
        "ebpCode": export.platform.code,
        "ebpName": export.platform.name,
        "orderNo": export.order_no,
        "logisticsCode": parties.carrier.code,
        "logisticsName": parties.carrier.name,
        "logisticsNo": export.waybill_no,
        "copNo": export.cop_no,
        "ieFlag": "E",
        "portCode": parties.port_code,
        "ieDate": compact_time(leaves_at)[:8],
        "statisticsFlag": terms.statistics_flag,
        "agentCode": parties.declarant.code,
        "agentName": parties.declarant.name,
        "ebcCode": parties.merchant.code,
        "ebcName": parties.merchant.name,
        "ownerCode": parties.consignor.code,
        "ownerName": parties.consignor.name,
        "tradeMode": terms.mode,
        "iacCode": None if area is None else area.code,
        "iacName": None if area is None else area.name,
        "emsNo": None if area is None else parties.ems_no,
        "trafMode": traf_mode(export.mode),
        "voyageNo": export.flight_number if terms.names_flight else None,
        "country": export.country_code,
        # Ports of destination have no open code table; the country's code is allowed here.
        "POD": export.country_code,
        "freight": "0",
        "fCurrency": export.currency_code,
        "fFlag": _TOTAL,
        "insuredFee": "0",
        "iCurrency": export.currency_code,
        "iFlag": _TOTAL,
        "wrapType": "2",
        "packNo": str(export.packages),
        "grossWeight": kilograms(export.gross_weight_g),
        "netWeight": kilograms(export.net_weight_g),
    }
    return Document(head, tuple(_line_values(line, export) for line in export.lines))


def _line_values(line: ListLine, export: ExportList) -> Mapping[str, str | None]:
    legal = line.legal
    return {
        "gnum": str(line.gnum),
        "itemNo": line.item_no,
        "itemRecordNo": line.record_no,
        "gcode": line.hs_code.ljust(10, "0"),
        "gname": line.name,
        "gmodel": line.model.text or None,
        "barCode": line.bar_code,
        "country": export.country_code,
        "currency": export.currency_code,
        "qty": str(line.quantity),
        "qty1": legal.quantity1,
        "qty2": legal.quantity2,
        "unit": legal.unit,
        "unit1": legal.unit1,
        "unit2": legal.unit2,
        "price": amount(line.price_minor, export.currency),
        "totalPrice": amount(line.total_minor, export.currency),
    }

"""The order as CEB303 (edition 202205): OrderHead and OrderList."""

from datetime import datetime

from services.customs.domain.declarations.export_list import ExportList
from services.customs.domain.declarations.goods import NO_BAR_CODE
from services.customs.domain.declarations.upload import NEW, upload_values
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.parties import Parties
from services.customs.domain.messages.values import amount


def order_document(
    export: ExportList, *, guid: str, app_time: datetime, parties: Parties, app_type: str = NEW
) -> Document:
    """Drawn up from the list, so that both have the same lines under the same numbers."""
    head = upload_values(guid, app_time, app_type=app_type) | {
        "orderType": export.terms.order_type,
        "orderNo": export.order_no,
        "ebpCode": export.platform.code,
        "ebpName": export.platform.name,
        "ebcCode": parties.merchant.code,
        "ebcName": parties.merchant.name,
        "goodsValue": amount(export.total_minor, export.currency),
        "freight": "0",
        "currency": export.currency_code,
    }
    lines = tuple(
        {
            "gnum": str(line.gnum),
            "itemNo": line.item_no,
            "itemName": line.name,
            "itemDescribe": line.title,
            "barCode": None if line.bar_code == NO_BAR_CODE else line.bar_code,
            "unit": line.legal.unit,
            "currency": export.currency_code,
            "qty": str(line.quantity),
            "price": amount(line.price_minor, export.currency),
            "totalPrice": amount(line.total_minor, export.currency),
        }
        for line in export.lines
    )
    return Document(head, lines)

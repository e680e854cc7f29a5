"""The house waybill as CEB505 (edition 202205): one Logistics node without lines."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.documents import Waybill
from services.customs.domain.declarations.export_list import ExportList
from services.customs.domain.declarations.upload import NEW, upload_values
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.parties import Parties
from services.customs.domain.messages.values import kilograms

GOODS_CHARACTERS_MAX: Final = 200
_AND_MORE: Final = "等"


def waybill_document(
    waybill: Waybill,
    export: ExportList,
    *,
    guid: str,
    app_time: datetime,
    parties: Parties,
    app_type: str = NEW,
) -> Document:
    """The waybill's own weight and pieces, the goods and the currency of the list."""
    head = upload_values(guid, app_time, app_type=app_type) | {
        "logisticsCode": parties.carrier.code,
        "logisticsName": parties.carrier.name,
        "logisticsNo": waybill.house_waybill,
        "freight": "0",
        "insuredFee": "0",
        "currency": export.currency_code,
        "grossWeight": kilograms(waybill.gross_weight_g),
        "packNo": str(waybill.pieces),
        "goodsInfo": goods_info(line.name or line.title for line in export.lines),
        "ebcCode": parties.merchant.code,
        "ebcName": parties.merchant.name,
    }
    return Document(head, ())


def goods_info(names: Iterable[str]) -> str:
    """The names, each once, as many as there is room for: whole ones, then 等."""
    text = ""
    for name in dict.fromkeys(names):
        longer = f"{text}；{name}" if text else name
        if len(longer) > GOODS_CHARACTERS_MAX - len(_AND_MORE):
            return (text or longer)[: GOODS_CHARACTERS_MAX - len(_AND_MORE)] + _AND_MORE
        text = longer
    return text

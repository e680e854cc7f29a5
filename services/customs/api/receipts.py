"""/v1/receipts: the customs office's answers, as CEB XML or as JSON, up to 100 at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import Response

from services.customs.api.deps import ParkWrite
from services.customs.domain.receipts.answers import read_answers
from services.customs.domain.receipts.errors import ReceiptUnmatched
from services.customs.domain.receipts.receipt import Receipt
from services.customs.schemas.receipts import ReceiptIn, ReceiptsIn
from services.customs.use_cases.receipts import RawMessage, RecordedReceipt, record_receipts
from shared.db import UnitOfWork
from shared.documents.errors import MalformedJson
from shared.documents.faults import invalid_model
from shared.http import Reply, problems
from shared.http.batches import BatchOut, ItemDone, accepted, batch_reply, read_items
from shared.http.errors import UnsupportedMediaType
from shared.http.openapi_parts import REF_TEMPLATE
from shared.kernel.clock import real_now
from shared.kernel.errors import AirlaneError, Text

receipts_api = APIRouter(tags=["receipts"])

_XML_EXAMPLE: Final = (
    '<ceb:CEB604Message guid="…" version="1.0" xmlns:ceb="http://www.chinaport.gov.cn/ceb">'
    "<ceb:InventoryReturn><ceb:guid>…</ceb:guid><ceb:copNo>AL01M8…</ceb:copNo>"
    "<ceb:returnStatus>120</ceb:returnStatus><ceb:returnTime>20261122163000123</ceb:returnTime>"
    "<ceb:returnInfo>[Code:2600;Desc:…]</ceb:returnInfo></ceb:InventoryReturn>"
    "</ceb:CEB604Message>"
)
_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "application/xml": {"schema": {"type": "string"}, "example": _XML_EXAMPLE},
            "application/json": {"schema": ReceiptsIn.model_json_schema(ref_template=REF_TEMPLATE)},
        },
    }
}


class ReceiptMediaTypeUnsupported(UnsupportedMediaType):
    code = "customs.receipt.media_type"
    text = Text("Receipts must be XML or JSON.", "回执须为 XML 或 JSON 格式。")
    fix = Text(
        "Send Content-Type: application/xml or application/json.",
        "请使用 Content-Type: application/xml 或 application/json。",
    )


@receipts_api.post(
    "/v1/receipts",
    status_code=207,
    response_model=BatchOut,
    responses=problems(400, 413, 415, 422),
    openapi_extra=_BODY,
)
async def post_receipts(request: Request, call: ParkWrite) -> Response:
    """Report receipts of the customs office.

    CEB604 (lists) and CEB510 (departures), up to 100 at a time. Repetition and order do not matter;
    a receipt for an unknown document is kept and answered with 404.
    """
    raw = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    items = await _items(kind, raw, call.clock.now())

    async def act(uow: UnitOfWork) -> Reply:
        recorded = await record_receipts(
            uow,
            message=RawMessage(kind, raw),
            received=accepted(items),
            now=call.clock.now(),
            real_now=real_now(),
        )
        outcomes = [
            _done(receipt, one) for receipt, one in zip(accepted(items), recorded, strict=True)
        ]
        return batch_reply(call, items, outcomes)

    return await call.once(act)


def _done(receipt: Receipt, recorded: RecordedReceipt) -> ItemDone:
    refusal = None if recorded.is_matched else ReceiptUnmatched(cop_no=receipt.business_key)
    return ItemDone(recorded.id, is_new=recorded.is_new, refusal=refusal)


async def _items(kind: str, raw: bytes, now: datetime) -> Sequence[Receipt | AirlaneError]:
    if kind in ("application/xml", "text/xml"):
        return read_answers(raw, now=now)
    if kind != "application/json":
        raise ReceiptMediaTypeUnsupported
    try:
        body = ReceiptsIn.model_validate_json(raw)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        if fault["type"] == "json_invalid":
            raise MalformedJson(position=0, reason=fault["ctx"]["error"]) from error
        raise invalid_model(error) from error
    return await read_items(ReceiptIn, body.items, lambda item: item.to_domain(now=now))

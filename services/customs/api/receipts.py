"""/v1/receipts: the customs office's answers, as CEB XML or as JSON, up to 100 at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import Response

from services.customs.api.deps import ParkWrite
from services.customs.domain.receipts.answers import read_answers, receipt_from_fields
from services.customs.domain.receipts.errors import ReceiptUnmatched
from services.customs.domain.receipts.receipt import Receipt
from services.customs.schemas.receipts import ReceiptIn, ReceiptsIn
from services.customs.use_cases.receipts import RawMessage, Recorded, record_receipts
from shared.db import UnitOfWork
from shared.http import Reply, problems
from shared.http.batches import BatchItemOut, BatchOut
from shared.http.errors import MalformedJson, UnsupportedMediaType, problem
from shared.http.faults import ITEM_ERRORS_MAX, invalid_model
from shared.http.fields import read_each
from shared.http.openapi_parts import REF_TEMPLATE
from shared.kernel.clock import real_now
from shared.kernel.errors import Invalid, Locale, Text

receipts_api = APIRouter(tags=["receipts"])

_PATH: Final = "/v1/receipts"
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
Answer = Receipt | Invalid


class ReceiptMediaTypeUnsupported(UnsupportedMediaType):
    code = "customs.receipt.media_type"
    text = Text("Receipts come as XML or JSON.", "回执须为 XML 或 JSON 格式。")
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
    """Take in receipts of the customs office.

    CEB604 (lists) and CEB510 (departures), up to 100 at a time. Repetitions and any order are
    harmless; a receipt for a document not known here is kept, and answered 404.
    """
    raw = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    answers = await _answers(kind, raw, call.clock.now())

    async def act(uow: UnitOfWork) -> Reply:
        recorded = await record_receipts(
            uow,
            message=RawMessage(kind, raw),
            received=[answer for answer in answers if isinstance(answer, Receipt)],
            now=call.clock.now(),
            real_now=real_now(),
        )
        return Reply(207, _outcomes(answers, recorded, call.locale))

    return await call.once(act)


async def _answers(kind: str, raw: bytes, now: datetime) -> Sequence[Answer]:
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
    return [
        item if isinstance(item, Invalid) else receipt_from_fields(**item.model_dump(), now=now)
        for item in await read_each(ReceiptIn, body.items)
    ]


def _outcomes(answers: Sequence[Answer], recorded: list[Recorded], locale: Locale) -> BatchOut:
    stored = iter(recorded)
    return BatchOut(
        items=[
            _refused(index, answer, locale)
            if isinstance(answer, Invalid)
            else _kept(index, answer, next(stored), locale)
            for index, answer in enumerate(answers)
        ]
    )


def _refused(index: int, refusal: Invalid, locale: Locale) -> BatchItemOut:
    error = problem(refusal, locale=locale, instance=_PATH, errors_max=ITEM_ERRORS_MAX)
    return BatchItemOut(index=index, status=error["status"], error=error)


def _kept(index: int, receipt: Receipt, stored: Recorded, locale: Locale) -> BatchItemOut:
    if stored.document_id is None:
        unmatched = ReceiptUnmatched(cop_no=receipt.business_key)
        error = problem(unmatched, locale=locale, instance=_PATH)
        return BatchItemOut(index=index, status=error["status"], id=stored.receipt_id, error=error)
    return BatchItemOut(index=index, status=201 if stored.is_new else 200, id=stored.receipt_id)

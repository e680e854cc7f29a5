"""/v1/receipts: the customs office's answers, as CEB XML or as JSON: kept first, then read."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.customs.api.deps import ParkWrite
from services.customs.domain.inbound.message import LARGE_BYTES_MAX, RawMessage, bytes_max_of
from services.customs.domain.messages.errors import MessageTooLarge
from services.customs.schemas.inbound import ReceivedOut
from services.customs.schemas.receipts import ReceiptsIn
from services.customs.use_cases.inbound.arrivals import apply_reading, store_message
from services.customs.use_cases.inbound.reading import read_apart
from shared.db import UnitOfWork
from shared.documents.errors import Malformed
from shared.http import Reply, json_reply, problems
from shared.http.errors import UnsupportedMediaType
from shared.http.openapi_parts import REF_TEMPLATE
from shared.http.raw_bodies import raw_body
from shared.kernel.clock import real_now
from shared.kernel.errors import AirlaneError, Text, Unavailable
from shared.telemetry import get_logger

log = get_logger(__name__)

RAW: Final = raw_body(bytes_max=LARGE_BYTES_MAX)
_MEDIA_TYPES: Final = frozenset(("application/xml", "text/xml", "application/json"))
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


class ReceiptsEmpty(Malformed):
    code = "customs.receipt.empty"
    text = Text("The body is empty.", "请求体为空。")
    fix = Text("Send the message of the port as the body.", "请将口岸报文作为请求体发送。")


@receipts_api.post(
    "/v1/receipts",
    status_code=202,
    response_model=ReceivedOut,
    responses=problems(400, 413, 415),
    openapi_extra=_BODY,
)
async def post_receipts(
    request: Request, call: ParkWrite, raw: Annotated[bytes, Depends(RAW)]
) -> Response:
    """Report receipts of the customs office.

    The body is kept as it came before anybody reads it, so the answer is 202 also if it cannot be
    read: `status` and `reason` say so. An empty body is 400, and is not kept. Repetition and order
    do not matter; a receipt for an unknown document is kept. A message has up to 100 receipts and
    1 MiB, CEB900 up to 16 MiB.
    """
    message = RawMessage(_media_type(request), raw)
    if len(raw) > (bytes_max := bytes_max_of(message.head)):
        raise MessageTooLarge(limit=f"{bytes_max} bytes")
    if not raw.strip():
        raise ReceiptsEmpty
    async with call.db.transaction(call.tenant) as uow:
        await store_message(uow, message, source="api", now=call.clock.now(), real_now=real_now())
    reading = await read_apart(message, now=call.clock.now())

    async def act(uow: UnitOfWork) -> Reply:
        recorded = await apply_reading(
            uow, message, reading, now=call.clock.now(), real_now=real_now()
        )
        return Reply(202, ReceivedOut.of(message, reading, recorded, call.locale))

    try:
        return await call.once(act)
    except Exception as error:
        if isinstance(error, AirlaneError) and not isinstance(error, Unavailable):
            raise  # about its Idempotency-Key
        # It is kept: the sender need not come again, since a job will read it.
        log.exception("a message of the port could not be applied yet", digest=message.digest)
        return json_reply(ReceivedOut.stored(message), 202)


def _media_type(request: Request) -> str:
    """Raises ReceiptMediaTypeUnsupported."""
    named = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if named not in _MEDIA_TYPES:
        raise ReceiptMediaTypeUnsupported
    return named

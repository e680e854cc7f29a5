"""/v1/messages: what was delivered to the Single Window, byte for byte. For operators."""

from fastapi import APIRouter
from starlette.responses import Response

from services.customs.api.deps import MessageGuid, ParkRead
from services.customs.queries import messages
from services.customs.schemas.messages import MessageOut, MessageWithBody
from shared.http import Page, PageOf, json_reply, problems

messages_api = APIRouter(tags=["messages"])


@messages_api.get("/v1/messages", response_model=Page[MessageOut], responses=problems(422))
async def list_messages(call: ParkRead, page: PageOf) -> Response:
    """List messages to the Single Window, newest first.

    Without their bodies.
    """
    asked = page.of({}, str)
    async with call.read() as reader:
        found = await messages.list_messages(reader, asked.window)
    return json_reply(asked.page(found, MessageOut.of, key=lambda message: (message.guid,)))


@messages_api.get(
    "/v1/messages/{guid}", response_model=MessageWithBody, responses=problems(404, 422)
)
async def get_message(guid: MessageGuid, call: ParkRead) -> Response:
    """Read a message to the Single Window.

    Byte for byte as it was delivered.
    """
    async with call.read() as reader:
        message = await messages.get_message(reader, guid=guid)
    return json_reply(MessageWithBody.of(message))

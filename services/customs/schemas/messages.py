"""Messages to the Single Window, as operators see them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from services.customs.queries.messages import MessageView


class MessageOut(BaseModel):
    """An outgoing message: `composed` with the attempts of its documents, `signed`, `delivered` to
    the port through a door. `refused`: the port will never take it as it is.
    """

    guid: str
    message_type: str = Field(examples=["CEB603"])
    status: Literal["composed", "signed", "delivered", "refused"]
    documents: int
    declaration_ids: list[str]
    note: str = Field(examples=["unsigned: ds:Signature omitted"])
    door: str | None = Field(examples=["folder"])
    tries: int = Field(description="How often a door failed to take it.")
    last_error: str | None
    composed_at: datetime
    signed_at: datetime | None
    delivered_at: datetime | None

    @classmethod
    def of(cls, message: MessageView) -> "MessageOut":
        return cls.model_construct(**{name: getattr(message, name) for name in cls.model_fields})


class MessageWithBody(MessageOut):
    body: str = Field(description="The XML, byte for byte as it is delivered.")

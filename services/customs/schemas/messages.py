"""Messages to the Single Window, as operators see them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from services.customs.queries.messages import MessageView


class MessageOut(BaseModel):
    """An outgoing message: `composed` with the state of its documents, `written` to the folder."""

    guid: str
    message_type: Literal["CEB603", "CEB509"]
    status: Literal["composed", "written"]
    documents: int
    declaration_ids: list[str]
    note: str = Field(examples=["unsigned: ds:Signature omitted"])
    composed_at: datetime
    written_at: datetime | None

    @classmethod
    def of(cls, message: MessageView) -> "MessageOut":
        return cls.model_construct(**{name: getattr(message, name) for name in cls.model_fields})


class MessageWithBody(MessageOut):
    body: str = Field(description="The XML as it is in the folder.")

"""Messages to the Single Window, as operators see them."""

from datetime import datetime
from typing import Any, Literal

from asyncpg import Record
from pydantic import BaseModel, Field


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
    def of(cls, row: Record) -> "MessageOut":
        values: dict[str, Any] = {name: row[name] for name in cls.model_fields}
        return cls.model_construct(**values)


class MessageWithBody(MessageOut):
    body: str = Field(description="The XML as it is in the folder.")

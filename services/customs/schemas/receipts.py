"""Receipts of the customs office, as JSON."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.customs.domain.receipts.answers import receipt_from_fields
from services.customs.domain.receipts.receipt import Receipt
from shared.documents.fields import Body, DocumentedAs
from shared.kernel.json import JsonObject


class ReceiptIn(Body):
    """A receipt as JSON; the same facts as an InventoryReturn of CEB604."""

    message_type: Literal["CEB604", "CEB510"] = "CEB604"
    cop_no: str = Field(examples=["AL01M82CWX5PE8YVJ0B5ESQG5HFF"], max_length=100)
    guid: str | None = Field(default=None, max_length=100)
    pre_no: str | None = Field(default=None, max_length=100)
    invt_no: str | None = Field(default=None, max_length=100)
    return_status: str = Field(examples=["120"], max_length=100)
    return_time: str = Field(
        examples=["20261122163000123"],
        max_length=100,
        description="yyyyMMddHHmmssfff in China time, or an ISO 8601 instant with an offset.",
    )
    return_info: str = Field(default="", examples=["[Code:2600;Desc:entered]"], max_length=4000)

    def to_domain(self, *, now: datetime) -> Receipt:
        """Raises ReceiptIncomplete."""
        return receipt_from_fields(
            message_type=self.message_type,
            cop_no=self.cop_no,
            return_status=self.return_status,
            return_time=self.return_time,
            return_info=self.return_info,
            guid=self.guid,
            pre_no=self.pre_no,
            invt_no=self.invt_no,
            now=now,
        )


class ReceiptsIn(Body):
    """Items are read one by one: a bad one does not stop the others."""

    items: list[Annotated[JsonObject, DocumentedAs(ReceiptIn)]] = Field(
        min_length=1, max_length=100
    )

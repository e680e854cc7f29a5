"""Receipts of the customs office as JSON, as documented. `domain.receipts.items` reads them."""

from typing import Annotated, Literal

from pydantic import Field

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


class ReceiptsIn(Body):
    """Items are read one by one: a bad one does not stop the others."""

    items: list[Annotated[JsonObject, DocumentedAs(ReceiptIn)]] = Field(
        min_length=1, max_length=100
    )

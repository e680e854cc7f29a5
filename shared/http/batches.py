"""Many things in one request: what comes in is documented item by item and read item by item, so
that a bad one does not stop the others; what goes out tells of each.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from shared.http.openapi_parts import Problem


@dataclass(frozen=True)
class DocumentedAs:
    """`list[Annotated[dict[str, Any], DocumentedAs(OrderIn)]]`: published as that model, taken as
    it comes. `read_each` then reads it.
    """

    model: type[BaseModel]

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return handler(self.model.__pydantic_core_schema__)


class BatchItemOut(BaseModel):
    """`status` is what the item alone would have been answered with over HTTP."""

    index: int = Field(description="Its place in the request, from 0.", examples=[0])
    status: int = Field(description="201 new, 200 known already, else that of the error.")
    id: str | None = Field(default=None, description="Of what was made or found.")
    error: Annotated[dict[str, Any], DocumentedAs(Problem)] | None = None


class BatchOut(BaseModel):
    items: list[BatchItemOut]

"""The park's reference data: belts and stores."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from services.catalog.api.deps import CatalogRead
from services.catalog.queries import reference as queries
from services.catalog.schemas.reference import BeltsOut, StoresOut
from shared.http import json_reply

# In the documentation they are part of the merchants.
reference_api: Final = APIRouter(tags=["reference data"])


@reference_api.get("/v1/belts", response_model=BeltsOut)
async def get_belts(call: CatalogRead) -> Response:
    """List the industrial belts merchants come from."""
    async with call.read() as reader:
        belts = await queries.list_belts(reader)
    return json_reply({"items": belts})


@reference_api.get("/v1/stores", response_model=StoresOut)
async def get_stores(call: CatalogRead) -> Response:
    """List the overseas stores an order may come from."""
    async with call.read() as reader:
        stores = await queries.list_stores(reader)
    return json_reply({"items": stores})

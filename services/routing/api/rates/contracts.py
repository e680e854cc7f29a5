"""/v1/rate-contracts: what carriers ask for. For operators only: it is the park's cost."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from services.routing.api.deps import Airport, ParkRead, ParkWrite
from services.routing.queries.rates import book as queries
from services.routing.schemas.fields import Mode, Product
from services.routing.schemas.rates.contracts import (
    RateContractIn,
    RateContractOut,
    contract_out,
)
from services.routing.use_cases.rates import changes
from shared.db import UnitOfWork
from shared.http import Page, PageOf, Reply, json_reply, problems, representation

rate_contracts_api = APIRouter(tags=["rates"])

_ADDRESS = "/v1/rate-contracts/{rate_contract_id}"
RateContractId = Annotated[str, Path(pattern=r"^rct_[0-9a-f]{32}$")]


@dataclass(frozen=True)
class RateContractFilters:
    """What a list of contracts can be narrowed to: what they name themselves."""

    carrier: Annotated[str | None, Query(pattern=r"^[A-Z0-9]{2}$")] = None
    product: Annotated[Product | None, Query()] = None
    origin: Airport = None
    destination: Airport = None
    mode: Annotated[Mode | None, Query()] = None


@rate_contracts_api.get(
    "/v1/rate-contracts", response_model=Page[RateContractOut], responses=problems(422)
)
async def list_rate_contracts(
    call: ParkRead, given: Annotated[RateContractFilters, Depends()], page: PageOf
) -> Response:
    """List rate contracts.

    Each in its current version.
    """
    asked = page.of(given, str)
    async with call.read() as reader:
        found = await queries.list_contracts(reader, asked.window, asked.filters)
    return json_reply(asked.page(found, contract_out, key=lambda contract: (contract.id,)))


@rate_contracts_api.get(_ADDRESS, response_model=RateContractOut, responses=problems(404, 422))
async def get_rate_contract(
    rate_contract_id: RateContractId,
    call: ParkRead,
    version: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="The current one if it is left out.")
    ] = None,
) -> Response:
    """Read a rate contract.

    Every version is kept: a quote names the one that it was made of.
    """
    async with call.read() as reader:
        found = await queries.get_contract(reader, contract_id=rate_contract_id, version=version)
    return json_reply(contract_out(found))


@rate_contracts_api.put(
    _ADDRESS,
    response_model=RateContractOut,
    responses={
        201: {"model": RateContractOut, "description": "Created"},
        **problems(412, 422, 428),
    },
)
async def put_rate_contract(
    rate_contract_id: RateContractId, body: RateContractIn, call: ParkWrite
) -> Response:
    """Create a rate contract, or give it a new version.

    A new version needs If-Match. Of the contracts that fit a carriage the most specific one counts:
    the carrier's own, then the closer destination, the closer origin, the product's own, the
    vehicle's own, the narrower band of distance, and the one that began last. Sending the current
    version again changes nothing.
    """
    given = body.to_domain(rate_contract_id)

    async def act(uow: UnitOfWork) -> Reply:
        saved = await changes.put_contract(uow, given=given, check=call.unchanged(contract_out))
        return representation(
            contract_out(saved.contract),
            201 if saved.is_new else 200,
            at=_ADDRESS.format(rate_contract_id=rate_contract_id),
        )

    return await call.change(act)

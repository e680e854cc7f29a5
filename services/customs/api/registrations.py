"""/v1/registrations: the enterprises that declarations name, of merchants and of the park."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.customs.api.deps import (
    PartiesRead,
    Parts,
    RegistrationId,
    RegistrationsRead,
    RegistrationsWrite,
)
from services.customs.clients.reference import regime_tables
from services.customs.domain.messages.parties import PartyRole
from services.customs.domain.messages.values import CHINA
from services.customs.queries import registrations as queries
from services.customs.schemas.registrations import (
    PartiesCheckOut,
    RegistrationIn,
    RegistrationOut,
)
from services.customs.use_cases import registrations as use_cases
from shared.db import UnitOfWork
from shared.documents.fields import Day
from shared.http import Page, PageOf, Reply, json_reply, problems, representation
from shared.kernel.identity import PARK

registrations_api = APIRouter(tags=["registrations"])


@registrations_api.post(
    "/v1/registrations",
    status_code=201,
    response_model=RegistrationOut,
    responses=problems(409, 422),
)
async def register_enterprise(body: RegistrationIn, call: RegistrationsWrite) -> Response:
    """Register an enterprise.

    A merchant registers its own. An operator registers the park's, or with Airlane-Tenant a
    merchant's.
    """
    stated = body.to_domain()

    async def act(uow: UnitOfWork) -> Reply:
        made = await use_cases.register_enterprise(uow, stated=stated, now=call.clock.now())
        shown = RegistrationOut.of(made)
        return Reply(201, shown, location=f"/v1/registrations/{made.id}")

    return await call.once(act)


@dataclass
class RegistrationFilters:
    role: Annotated[PartyRole | None, Query()] = None
    valid_on: Annotated[
        Day | None,
        Query(description="The versions that are valid on this day in China; else the newest."),
    ] = None
    code: Annotated[
        str | None,
        Query(pattern=r"^[0-9A-Z]{10,18}$", description="A customs code or a USCC."),
    ] = None
    whose: Annotated[
        Literal["park", "merchants"] | None, Query(description="For operators: whose they are.")
    ] = None


@registrations_api.get(
    "/v1/registrations", response_model=Page[RegistrationOut], responses=problems(422)
)
async def list_registrations(
    call: RegistrationsRead, given: Annotated[RegistrationFilters, Depends()], page: PageOf
) -> Response:
    """List registrations, newest first.

    Each in its newest version, or in the one that is valid on a day.
    """
    asked = page.of(given, str)
    async with call.read() as reader:
        found = await queries.list_registrations(reader, asked.window, asked.filters)
    return json_reply(asked.page(found, RegistrationOut.of, key=lambda one: (one.id,)))


@registrations_api.get(
    "/v1/registrations:check", response_model=PartiesCheckOut, responses=problems(422)
)
async def check_parties(
    call: PartiesRead,
    parts: Parts,
    mode: Annotated[str, Query(pattern=r"^[0-9]{4}$", examples=["9610"])],
    day: Annotated[Day | None, Query(description="A day in China; today if left out.")] = None,
) -> Response:
    """Check whom a merchant's declarations would name.

    The merchant's own enterprises, the park's where the supervision mode allows it, or what is
    missing and whose move it is. The platform depends on the store that the order names.
    """
    on = day or call.clock.now().astimezone(CHINA).date()
    regime = regime_tables().regime_on(mode, on)
    async with call.db.read(PARK) as reader:
        check = await use_cases.check_parties(
            reader, merchant_id=call.tenant, regime=regime, day=on, place=parts.place
        )
    platforms = parts.rulebooks.books.platforms
    return json_reply(PartiesCheckOut.of(check, platforms, call.locale))


@registrations_api.get(
    "/v1/registrations/{registration_id}",
    response_model=RegistrationOut,
    responses=problems(404, 422),
)
async def get_registration(
    registration_id: RegistrationId,
    call: RegistrationsRead,
    version: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="The newest if it is left out.")
    ] = None,
) -> Response:
    """Read a registration."""
    async with call.read() as reader:
        found = await queries.get_registration(
            reader, registration_id=registration_id, version=version
        )
    return json_reply(RegistrationOut.of(found))


@registrations_api.put(
    "/v1/registrations/{registration_id}",
    response_model=RegistrationOut,
    responses=problems(404, 409, 412, 422, 428),
)
async def change_registration(
    registration_id: RegistrationId, body: RegistrationIn, call: RegistrationsWrite
) -> Response:
    """Change a registration by a new version.

    The new version replaces the older ones from its valid_from on; none is rewritten. With valid_to
    the registration ends. Sending the newest version again changes nothing.
    """
    stated = body.to_domain()

    async def act(uow: UnitOfWork) -> Reply:
        changed = await use_cases.change_registration(
            uow,
            registration_id=registration_id,
            stated=stated,
            check=call.unchanged(RegistrationOut.of),
            now=call.clock.now(),
        )
        return representation(
            RegistrationOut.of(changed), at=f"/v1/registrations/{registration_id}"
        )

    return await call.change(act)

"""Reports about goods name the enterprises that are registered on their day, not the settings."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.customs import jobs
from services.customs.domain.messages.parties import Party, PartyRole
from services.customs.domain.registrations.registration import seeded
from services.customs.use_cases.movements.drawing import BILLS, Report
from services.customs.use_cases.registrations import (
    change_registration,
)
from shared.kafka import JobContext
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.support.worlds.customs import NS, CustomsOperator, CustomsWorld
from tests.support.worlds.movements import (
    documents_of,
    draw_what_is_left,
    leave,
    parts_of,
    released,
)
from tests.support.worlds.returns import a_released_list, made

# Far from the days of other tests, which share the park's registrations.
RENAMED, OVER = date(2031, 3, 1), date(2031, 4, 1)
BEFORE, AFTER = date(2030, 3, 1), date(2030, 4, 1)
LATER_NAME = "更名后的物流企业"


@pytest.fixture
async def renamed(customs: CustomsWorld) -> CustomsWorld:
    """The park's carrier has another name in March 2031, and is not registered after that."""
    await draw_what_is_left(customs)
    (row,) = await customs.sql(
        "SELECT id FROM customs.registrations WHERE tenant_id = 'park' AND 'logistics' = ANY(roles)"
        " AND version = 1"
    )
    settings = customs.settings
    stated = seeded(
        Party(settings.carrier_code, LATER_NAME),
        [PartyRole.LOGISTICS],
        dxp_id=None,
        as_of=RENAMED,
        is_made_up=True,
    )
    async with customs.db.transaction(PARK) as uow:
        await change_registration(
            uow,
            registration_id=row["id"],
            stated=replace(stated, valid_from=RENAMED, valid_to=OVER),
            check=lambda *_, **__: None,
            now=customs.clock.now(),
        )
    return customs


async def draw_by_job(customs: CustomsWorld, report: Report[Any]) -> None:
    context = JobContext(customs.db, customs.clock)
    await jobs.draw_movements(context, report=report, books=customs.rulebooks.books)


async def test_a_bill_names_the_version_of_its_day_and_waits_while_none_is_valid(
    renamed: CustomsWorld, office: CustomsOperator
) -> None:
    customs = renamed
    flight_id = new_id("flt")
    order = customs.an_order()
    customs.clock.set(datetime(2031, 3, 30, 8, tzinfo=UTC))
    await released(customs, office, order, flight_id=flight_id)
    customs.clock.set(datetime(2031, 4, 2, 8, tzinfo=UTC))
    await leave(customs, flight_id, order)

    await draw_by_job(customs, BILLS)

    assert await documents_of(customs, "bill", order) == []
    refused = await office.http.post(
        "/v1/bills",
        json={
            "house_waybills": [order.house_waybill],
            "master_waybill": "000-00000011",
            "flight_number": "EH1640",
        },
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "customs.party.park_incomplete")
    assert LATER_NAME in refused.json()["detail"]

    customs.clock.set(datetime(2031, 3, 30, 12, tzinfo=UTC))
    await draw_by_job(customs, BILLS)

    (bill,) = await documents_of(customs, "bill", order)
    await customs.let_all_leave()
    await customs.send()
    (sent,) = parts_of(customs, "CEB607", bill)
    assert sent.findtext(f"{NS}WayBillHead/{NS}logisticsName") == LATER_NAME


async def test_a_return_leaves_by_the_client_of_the_declarant_of_its_day(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    """Not by that of the settings, with which the park began."""
    await customs.register_park()
    (row,) = await customs.sql(
        "SELECT id FROM customs.registrations WHERE tenant_id = 'park'"
        " AND 'declarant' = ANY(roles) AND version = 1"
    )
    # Before the days of the others. After it all is as it was.
    for begins, dxp_id in ((BEFORE, "DXPANOTHER000001"), (AFTER, customs.settings.dxp_id)):
        stated = seeded(
            customs.parties.declarant,
            [PartyRole.DECLARANT],
            dxp_id=dxp_id,
            as_of=begins,
            is_made_up=True,
        )
        async with customs.db.transaction(PARK) as uow:
            await change_registration(
                uow,
                registration_id=row["id"],
                stated=replace(stated, valid_from=begins),
                check=lambda *_, **__: None,
                now=customs.clock.now(),
            )
    customs.clock.set(datetime(2030, 3, 10, 8, tzinfo=UTC))
    _, declared = await a_released_list(customs, office, new_id("mer"))
    returned = await made(office.http, declared["id"], accepts_duty=True)

    await customs.send()

    sent = await customs.sql(
        "SELECT m.dxp_id FROM customs.outgoing_messages AS m"
        " JOIN customs.attempts AS a ON a.message_guid = m.guid WHERE a.document_id = $1",
        returned["id"],
    )
    assert sent == [{"dxp_id": "DXPANOTHER000001"}]

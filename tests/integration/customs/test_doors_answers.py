"""A port that takes every message and answers each document with 4: it is tried now and then with
one message, and once it works again all documents are accepted.
"""

import itertools
import json
from datetime import datetime, timedelta
from typing import Any

from deploy.sandbox.customs_office.office import CustomsOffice
from deploy.sandbox.customs_office.outages import How
from services.customs import jobs
from services.customs.domain.documents.phases import ENTERED
from services.customs.domain.doors.breaker import TRANSIENT_MAX
from services.customs.use_cases.metrics import DOOR_OPEN, DOOR_TRANSIENT
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from tests.support.worlds.customs import CustomsOperator, CustomsWorld, MadeOrder

ORDERS = 6
ROUNDS = 9


class SandboxPort:
    """The sandbox's office at the folder of the world; the world's clock is its clock."""

    def __init__(self, customs: CustomsWorld) -> None:
        self.customs = customs
        self.context = JobContext(customs.db, customs.clock)
        nobody: Any = None
        self.office = CustomsOffice(
            customs.folder.out.parent, nobody, customs.clock, 1, drops_answers=True
        )

    async def round(self) -> None:
        """What waits for real time has waited long enough: it leaves, and is answered."""
        await self.customs.let_all_leave()
        await self.customs.sql("UPDATE customs.doors SET probe_at = now() WHERE NOT is_held")
        await self.customs.send()
        for _ in range(2):
            self.customs.clock.advance(minutes=10)
            self.office._take_files()
            await self.office._send_due()
            await jobs.collect_answers(self.context, single_window=self.customs.folder)


async def uploads_of(customs: CustomsWorld, orders: list[MadeOrder]) -> list[dict[str, Any]]:
    """Of all documents of the orders, in the order in which they left."""
    return await customs.sql(
        """
        SELECT t.document_id, d.kind, d.declaration_id, t.number, t.app_time, t.message_guid,
               m.delivered_at
        FROM customs.attempts AS t
        JOIN customs.documents AS d ON d.id = t.document_id
        JOIN customs.declarations AS c ON c.id = d.declaration_id
        LEFT JOIN customs.outgoing_messages AS m ON m.guid = t.message_guid
        WHERE c.order_id = ANY($1) ORDER BY m.delivered_at, t.message_guid, t.number
        """,
        [order.order_id for order in orders],
    )


async def left_of(customs: CustomsWorld, orders: list[MadeOrder]) -> set[str]:
    """The messages that have left."""
    uploads = await uploads_of(customs, orders)
    return {one["message_guid"] for one in uploads if one["delivered_at"]}


async def the_door(customs: CustomsWorld, office: CustomsOperator) -> dict[str, Any]:
    await jobs.measure_doors(JobContext(customs.db, customs.clock), door=customs.door.name)
    doors: list[dict[str, Any]] = (await office.get("/v1/doors"))["items"]
    return next(one for one in doors if one["name"] == customs.door.name)


async def test_a_port_that_answers_4_to_everything_is_tried_by_probes_until_it_works_again(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    park = customs.sending_all()
    port, orders = SandboxPort(park), [park.an_order(lines=1) for _ in range(ORDERS)]
    port.office.break_down(None, How.FAILING)
    began = real_now()
    for order in orders:
        await park.consume(park.placed(order), park.booked(order, cut_off=timedelta(days=9)))
        await park.send()
    left = [await left_of(park, orders)]
    for _ in range(ROUNDS):
        await port.round()
        left.append(await left_of(park, orders))
    during = [len(after - before) for before, after in itertools.pairwise(left)]
    door = await the_door(park, office)
    gauges = [
        DOOR_OPEN.labels(park.door.name, cause)._value.get() for cause in ("answers", "deliveries")
    ]
    counted = DOOR_TRANSIENT.labels(park.door.name)._value.get()

    port.office.mend()
    rounds = 0
    while not await are_accepted(park, orders):
        await port.round()
        rounds += 1
        assert rounds < 15, await uploads_of(park, orders)

    # Both kinds are sent again once; then the door is open, and one message tries each time.
    assert during == [0, 2, *[1] * (ROUNDS - 2)], during
    assert (door["status"], door["cause"]) == ("open", "answers")
    assert door["transient_answers"] >= TRANSIENT_MAX
    assert began <= datetime.fromisoformat(door["opened_at"]) <= real_now()
    assert datetime.fromisoformat(door["probe_at"]) > datetime.fromisoformat(door["opened_at"])
    assert door["probe_guid"] in left[-1] - left[-2]
    assert door["last_error"].startswith("4 ")
    assert (gauges, counted) == ([1, 0], door["transient_answers"])
    closed = await the_door(park, office)
    assert (closed["status"], closed["cause"], closed["transient_answers"]) == ("closed", None, 0)
    await check_order(park, orders)


async def are_accepted(customs: CustomsWorld, orders: list[MadeOrder]) -> bool:
    rows = await customs.sql(
        """
        SELECT d.phase FROM customs.documents AS d
        JOIN customs.declarations AS c ON c.list_id = d.id WHERE c.order_id = ANY($1)
        """,
        [order.order_id for order in orders],
    )
    return all(row["phase"] in ENTERED for row in rows)


async def check_order(customs: CustomsWorld, orders: list[MadeOrder]) -> None:
    """Nothing was left behind; a later upload has a later appTime; lists went last."""
    uploads = await uploads_of(customs, orders)
    assert all(one["delivered_at"] for one in uploads), uploads
    times: dict[str, list[datetime]] = {}
    kinds: dict[str, list[str]] = {}
    for one in uploads:
        times.setdefault(one["document_id"], []).append(one["app_time"])
        kinds.setdefault(one["declaration_id"], []).append(one["kind"])
    assert all(sorted(set(tried)) == tried for tried in times.values()), times
    for sent in kinds.values():
        first = sent.index("list")
        assert {"order", "waybill"} <= set(sent[:first]), sent
        assert "order" not in sent[first:], sent
    waiting = await customs.sql(
        "SELECT guid FROM customs.outgoing_messages WHERE status <> 'delivered'"
    )
    assert waiting == []


async def test_a_door_that_answers_opened_is_shared_by_all_workers(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    """Whoever hears the answers, and whoever delivers next."""
    orders = [customs.an_order(lines=1) for _ in range(TRANSIENT_MAX)]
    rows = await customs.declare(*orders)
    told = [customs.receipt(row, "4", at_s=60, info="[Code:3001;Desc:busy]") for row in rows]
    await office.answer(*told[:-1])
    before = await the_door(customs, office)
    await office.answer(*told[-1:])
    await office.answer(*told)  # repeated
    opened = await the_door(customs, office)
    await customs.let_all_leave()
    await customs.send()
    (waiting,) = await customs.sql(
        "SELECT count(*) AS n FROM customs.outgoing_messages WHERE status = 'composed'"
    )
    closed = await office.http.post(f"/v1/doors/{customs.door.name}:close")
    await customs.send()

    assert (before["status"], before["transient_answers"]) == ("closed", TRANSIENT_MAX - 1)
    assert (opened["status"], opened["cause"]) == ("open", "answers")
    assert waiting["n"] == 1
    assert json.loads(closed.content)["transient_answers"] == 0
    left = await customs.sql("SELECT guid FROM customs.outgoing_messages WHERE status = 'composed'")
    assert left == []

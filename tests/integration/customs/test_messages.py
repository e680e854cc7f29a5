"""Lists leave once, whatever dies in between."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from services.customs import jobs
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.messages.kinds.kind import NAMESPACE
from services.customs.use_cases import metrics
from services.customs.use_cases.messages import compose_due
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK
from tests.support.worlds.customs import CustomsOperator, CustomsWorld

NS = f"{{{NAMESPACE}}}"


async def compose(customs: CustomsWorld) -> int:
    async with customs.db.transaction(PARK) as uow:
        return await compose_due(
            uow,
            kind=DocumentKind.LIST,
            park=customs.park,
            signs=lambda *_: False,
            now=customs.clock.now(),
            real_now=real_now(),
        )


async def test_a_matched_order_is_submitted(customs: CustomsWorld) -> None:
    order = customs.an_order()

    (row,) = await customs.declare(order)

    assert (row["phase"], row["status"], row["attempts"]) == ("transmitted", "transmitted", 1)

    (document,) = customs.document_of(row["cop_no"])
    head = document.find(f"{NS}InventoryHead")

    assert head is not None
    assert head.findtext(f"{NS}orderNo") == order.order_id[-8:]
    assert head.findtext(f"{NS}logisticsNo") == order.house_waybill
    assert (head.findtext(f"{NS}country"), head.findtext(f"{NS}fCurrency")) == ("304", "303")
    assert head.findtext(f"{NS}grossWeight") == "1.38"
    assert [line.findtext(f"{NS}gnum") for line in document.findall(f"{NS}InventoryList")] == [
        "1",
        "2",
    ]
    assert await customs.events(row["id"]) == [("submitted", 1)]
    (event,) = await customs.sql(
        "SELECT traceparent, tenant_id FROM customs.outbox WHERE aggregate_id = $1", row["id"]
    )
    assert event["tenant_id"] == order.merchant_id
    # The order's trace goes on.
    assert event["traceparent"].split("-")[1] == "0af7651916cd43dd8448eb211c80319c"
    (message,) = await customs.sql(
        "SELECT note, status FROM customs.outgoing_messages WHERE guid = $1", row["message_guid"]
    )
    assert (message["note"], message["status"]) == ("unsigned: ds:Signature omitted", "delivered")


async def test_a_message_holds_at_most_100_documents(customs: CustomsWorld) -> None:
    orders = [customs.an_order(lines=1) for _ in range(105)]
    await customs.consume(*(e for o in orders for e in (customs.placed(o), customs.booked(o))))

    await customs.send()

    cop_nos = [d.findtext(f"{NS}InventoryHead/{NS}copNo") for d in customs.documents()]
    assert len(cop_nos) == len(set(cop_nos)) == 105
    assert len(list(customs.folder.out.glob("*.xml"))) == 2


async def test_killed_between_commit_and_file_the_next_run_writes_it(customs: CustomsWorld) -> None:
    order = customs.an_order()

    await customs.consume(customs.placed(order), customs.booked(order))

    assert await compose(customs) == 1
    row = await customs.declaration(order)
    assert (row["phase"], row["attempts"]) == ("queued", 1)
    assert customs.documents() == []

    # The next run composes nothing twice, writes the file and announces the submission once.
    await customs.send()
    await customs.send()

    row = await customs.declaration(order)
    assert (row["phase"], row["attempts"]) == ("transmitted", 1)
    assert len(customs.document_of(row["cop_no"])) == 1
    assert await customs.events(row["id"]) == [("submitted", 1)]


async def test_killed_between_file_and_commit_the_same_bytes_are_written_again(
    customs: CustomsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = customs.an_order()
    await customs.consume(customs.placed(order), customs.booked(order))
    await compose(customs)
    written: list[tuple[str, bytes]] = []
    deliver = customs.folder.write

    def and_die(guid: str, body: bytes) -> None:
        deliver(guid, body)
        written.append((guid, body))
        raise OSError("killed")

    monkeypatch.setattr(customs.folder, "write", and_die)

    await jobs.deliver(JobContext(customs.db, customs.clock), door=customs.door)

    row = await customs.declaration(order)
    assert row["phase"] == "queued"
    assert await customs.events(row["id"]) == []

    ((guid, body),) = written
    monkeypatch.undo()
    await customs.let_all_be_tried()
    await customs.send()

    assert (customs.folder.out / f"{guid}.xml").read_bytes() == body
    assert await customs.events(row["id"]) == [("submitted", 1)]


async def test_two_workers_send_each_document_once(customs: CustomsWorld) -> None:
    orders = [customs.an_order() for _ in range(6)]
    await customs.consume(*(e for o in orders for e in (customs.placed(o), customs.booked(o))))
    await asyncio.gather(*(customs.send() for _ in range(4)))
    for order in orders:
        row = await customs.declaration(order)
        assert (row["phase"], row["attempts"]) == ("transmitted", 1)
        assert len(customs.document_of(row["cop_no"])) == 1
        assert await customs.events(row["id"]) == [("submitted", 1)]


async def test_an_answer_quicker_than_our_commit_loses_nothing(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    order = customs.an_order()
    await customs.consume(customs.placed(order), customs.booked(order))
    await compose(customs)
    row = await customs.declaration(order)
    await office.answer(customs.receipt(row, "120"))

    await customs.send()

    row = await customs.declaration(order)
    assert (row["phase"], row["submitted_at"] is not None) == ("accepted", True)
    assert await customs.events(row["id"]) == [("accepted", 1), ("submitted", 2)]


async def test_a_failed_submission_is_sent_again_later_with_a_newer_time(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await customs.declare(order := customs.an_order())

    await office.answer(customs.receipt(row, "3"), customs.receipt(row, "4", at_s=1))

    row = await customs.declaration(order)
    assert (row["phase"], row["status"]) == ("send_failed", "queued")
    assert row["send_at"] > real_now()

    await customs.send()

    assert len(customs.document_of(row["cop_no"])) == 1, "not before its time"

    await customs.let_leave(row)
    await customs.send()

    documents = customs.document_of(row["cop_no"])
    times = sorted(d.findtext(f"{NS}InventoryHead/{NS}appTime") or "" for d in documents)
    assert len(times) == 2
    assert times[0] < times[1]

    # What was said about the first submission is history, and only that one is announced.
    await office.answer(customs.receipt(row, "2"))

    row = await customs.declaration(order)
    assert (row["phase"], row["attempts"]) == ("transmitted", 2)

    await office.answer(customs.receipt(row, "120", at_s=9))

    assert (await customs.declaration(order))["phase"] == "accepted"
    assert await customs.events(row["id"]) == [("submitted", 1), ("accepted", 2)]


async def test_messages_are_listed_newest_first_page_by_page(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    rows = []
    for _ in range(3):
        rows += await customs.declare(customs.an_order())

    guids: list[str] = []
    cursor: dict[str, str] = {}
    while len(guids) < len(rows):
        page = await office.get("/v1/messages", limit=1, **cursor)
        guids += [message["guid"] for message in page["items"]]
        cursor = {"cursor": page["next"]}

    assert guids == [row["message_guid"] for row in reversed(rows)]


async def test_what_is_rolled_back_is_not_counted(
    customs: CustomsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = customs.an_order()
    await customs.consume(customs.placed(order), customs.booked(order))
    await compose(customs)
    written = metrics.MESSAGES.labels("CEB603")._value

    def fail(_: str, __: bytes) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(customs.folder, "write", fail)
    before = written.get()
    await jobs.deliver(JobContext(customs.db, customs.clock), door=customs.door)
    after_failure = written.get()
    monkeypatch.undo()
    await customs.let_all_be_tried()
    await customs.send()

    assert (after_failure, written.get()) == (before, before + 1)


async def test_a_failure_that_was_answered_is_not_answered_again(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await customs.declare(order := customs.an_order())
    await office.answer(customs.receipt(row, "4"))
    await customs.let_leave(row)
    await customs.send()

    for at_s, unknown in enumerate(("777", "778"), start=1):
        await office.answer(customs.receipt(row, unknown, at_s=at_s))

    sent_again = await customs.declaration(order)
    assert (sent_again["phase"], sent_again["attempts"]) == ("transmitted", 2)
    assert sent_again["send_at"] is None


async def test_status_at_is_when_the_status_began(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    order = customs.an_order()
    began: dict[str, datetime] = {}

    async def note() -> dict[str, Any]:
        row = await customs.declaration(order)
        assert began.setdefault(row["status"], row["phase_at"]) == row["phase_at"]
        customs.clock.advance(minutes=1)
        return row

    await customs.consume(customs.placed(order), customs.booked(order))
    await note()
    sent_at = customs.clock.now()
    await customs.send()
    row = await note()
    for at_s, code in enumerate(("300", "300", "800"), start=60):
        await office.answer(customs.receipt(row, code, at_s=at_s))
        await note()

    assert list(began) == ["queued", "transmitted", "manual_review", "released"]
    assert began["transmitted"] == sent_at
    assert list(began.values()) == sorted(set(began.values()))


async def test_a_list_that_cannot_be_drawn_up_does_not_hold_up_the_others(
    customs: CustomsWorld,
) -> None:
    orders = [customs.an_order() for _ in range(3)]
    for order in orders:
        await customs.consume(customs.placed(order), customs.booked(order))
    bad = orders[1]
    await customs.sql(
        "UPDATE customs.documents SET content = content - 'parts' WHERE id = $1",
        (await customs.declaration(bad))["list_id"],
    )

    await customs.send()

    phases = [(await customs.declaration(order))["phase"] for order in orders]
    assert phases == ["transmitted", "queued", "transmitted"]
    # It waits a while, so that the next message is one for many again.
    assert (await customs.declaration(bad))["send_at"] > real_now()
    more = customs.an_order()
    await customs.declare(more)
    assert (await customs.declaration(more))["phase"] == "transmitted"

"""Documents leave once, whatever dies in between."""

import asyncio
import os
from datetime import timedelta
from typing import Any

import pytest

from services.customs import jobs
from services.customs.domain.messages.layout import NAMESPACE
from services.customs.domain.messages.reader import MESSAGE_BYTES_MAX
from services.customs.use_cases.departures import compose_departures
from services.customs.use_cases.messages import compose_lists, deliver_messages
from services.customs.use_cases.receipts import record_receipts
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id

NS = f"{{{NAMESPACE}}}"


async def compose(customs: Any) -> int:
    async with customs.db.transaction(PARK) as uow:
        return await compose_lists(
            uow, rulebook=customs.rulebook, now=customs.clock.now(), real_now=real_now()
        )


async def test_a_matched_order_is_submitted(customs: Any) -> None:
    order = customs.an_order()
    (row,) = await customs.declare(order)
    assert (row["phase"], row["status"], row["attempts"]) == ("transmitted", "transmitted", 1)
    (document,) = customs.document_of(row["cop_no"])
    head = document.find(f"{NS}InventoryHead")
    assert head is not None
    assert head.findtext(f"{NS}orderNo") == order.order_id
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
    assert (message["note"], message["status"]) == ("unsigned: ds:Signature omitted", "written")


async def test_a_message_holds_at_most_100_documents(customs: Any) -> None:
    orders = [customs.an_order(lines=1) for _ in range(105)]
    await customs.consume(*(e for o in orders for e in (customs.placed(o), customs.booked(o))))
    await customs.send()
    cop_nos = [d.findtext(f"{NS}InventoryHead/{NS}copNo") for d in customs.documents()]
    assert len(cop_nos) == len(set(cop_nos)) == 105
    assert len(list(customs.folder.out.glob("*.xml"))) == 2


async def test_killed_between_commit_and_file_the_next_run_writes_it(customs: Any) -> None:
    order = customs.an_order()
    await customs.consume(customs.placed(order), customs.booked(order))
    assert await compose(customs) == 1
    row = await customs.declaration(order)
    assert (row["phase"], row["attempts"]) == ("queued", 1)
    assert customs.documents() == []
    # Another life: nothing is composed twice, the file appears, the event is told once.
    await customs.send()
    await customs.send()
    row = await customs.declaration(order)
    assert (row["phase"], row["attempts"]) == ("transmitted", 1)
    assert len(customs.document_of(row["cop_no"])) == 1
    assert await customs.events(row["id"]) == [("submitted", 1)]


async def test_killed_between_file_and_commit_the_same_bytes_are_written_again(
    customs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = customs.an_order()
    await customs.consume(customs.placed(order), customs.booked(order))
    await compose(customs)
    written: list[tuple[str, str]] = []
    hand_over = customs.folder.hand_over

    class Killed(Exception):
        pass

    def and_die(guid: str, body: str) -> None:
        hand_over(guid, body)
        written.append((guid, body))
        raise Killed

    monkeypatch.setattr(customs.folder, "hand_over", and_die)
    with pytest.raises(Killed):
        await jobs.deliver(JobContext(customs.db, customs.clock), customs.folder)
    row = await customs.declaration(order)
    assert row["phase"] == "queued"
    assert await customs.events(row["id"]) == []
    ((guid, body),) = written
    monkeypatch.undo()
    await customs.send()
    assert (customs.folder.out / f"{guid}.xml").read_text(encoding="utf-8") == body
    assert await customs.events(row["id"]) == [("submitted", 1)]


async def test_two_workers_send_each_document_once(customs: Any) -> None:
    orders = [customs.an_order() for _ in range(6)]
    await customs.consume(*(e for o in orders for e in (customs.placed(o), customs.booked(o))))
    await asyncio.gather(*(customs.send() for _ in range(4)))
    for order in orders:
        row = await customs.declaration(order)
        assert (row["phase"], row["attempts"]) == ("transmitted", 1)
        assert len(customs.document_of(row["cop_no"])) == 1
        assert await customs.events(row["id"]) == [("submitted", 1)]


async def test_an_answer_quicker_than_our_commit_loses_nothing(customs: Any, office: Any) -> None:
    order = customs.an_order()
    await customs.consume(customs.placed(order), customs.booked(order))
    await compose(customs)
    row = await customs.declaration(order)
    await office.answer(customs.receipt(row, "120"))
    await customs.send()
    row = await customs.declaration(order)
    assert (row["phase"], row["submitted_at"] is not None) == ("accepted", True)
    assert await customs.events(row["id"]) == [("accepted", 1), ("submitted", 2)]


async def test_a_failed_upload_is_sent_again_later_with_a_newer_time(
    customs: Any, office: Any
) -> None:
    (row,) = await customs.declare(order := customs.an_order())
    await office.answer(customs.receipt(row, "3"), customs.receipt(row, "4", at_s=1))
    row = await customs.declaration(order)
    assert (row["phase"], row["message_guid"]) == ("queued", None)
    assert row["resend_at"] > real_now()
    await customs.send()
    assert len(customs.document_of(row["cop_no"])) == 1, "not before its time"
    await customs.sql(
        "UPDATE customs.declarations SET resend_at = now() WHERE id = $1 RETURNING 1", row["id"]
    )
    await customs.send()
    documents = customs.document_of(row["cop_no"])
    times = sorted(d.findtext(f"{NS}InventoryHead/{NS}appTime") or "" for d in documents)
    assert len(times) == 2
    assert times[0] < times[1]
    # What was said about the first upload is history; the fact of the submission is told once.
    await office.answer(customs.receipt(row, "2"))
    row = await customs.declaration(order)
    assert (row["phase"], row["attempts"]) == ("transmitted", 2)
    await office.answer(customs.receipt(row, "120", at_s=9))
    assert (await customs.declaration(order))["phase"] == "accepted"
    assert await customs.events(row["id"]) == [("submitted", 1), ("accepted", 2)]


async def report(customs: Any, *, later: timedelta = timedelta(0)) -> int:
    async with customs.db.transaction(PARK) as uow:
        named = await compose_departures(
            uow,
            parties=customs.rulebook.parties,
            now=customs.clock.now(),
            real_now=real_now() + later,
        )
    async with customs.db.transaction(PARK) as uow:
        await deliver_messages(uow, single_window=customs.folder, now=customs.clock.now(), limit=20)
    return named


async def test_a_flight_is_reported_in_one_document_when_complete(
    customs: Any, office: Any
) -> None:
    flight_id = new_id("flt")
    orders = [customs.an_order() for _ in range(3)]
    await customs.declare(*orders, flight_id=flight_id)
    await customs.consume(*(customs.departed(o, flight_id=flight_id) for o in orders[:2]))
    await report(customs)
    assert customs.departures_of(*orders) == [], "one shipment is still missing"
    await customs.consume(
        customs.departed(orders[2], flight_id=flight_id),
        customs.flight_departed(flight_id, shipments=3),
    )
    await report(customs)
    await report(customs)
    (document,) = customs.departures_of(*orders)
    head = document.find(f"{NS}DepartureHead")
    assert head is not None
    assert head.findtext(f"{NS}billNo") == "999-12345675"
    assert (head.findtext(f"{NS}msgCount"), head.findtext(f"{NS}msgSeqNo")) == ("1", "1")
    named = {line.findtext(f"{NS}logisticsNo") for line in document.findall(f"{NS}DepartureList")}
    assert named == {order.house_waybill for order in orders}
    row = await customs.declaration(orders[0])
    assert row["departure_reported_at"] is not None
    # The answer to the departure is kept with it.
    departure = {"cop_no": head.findtext(f"{NS}copNo")}
    (item,) = await office.answer(customs.receipt(departure, "399", message_type="CEB510"))
    assert item["status"] == 201
    (stored,) = await customs.sql(
        "SELECT phase FROM customs.departures WHERE id = $1", row["departure_id"]
    )
    assert stored["phase"] == "concluded"


async def test_an_incomplete_flight_is_reported_after_a_while(customs: Any) -> None:
    flight_id = new_id("flt")
    (row,) = await customs.declare(order := customs.an_order(), flight_id=flight_id)
    await customs.consume(
        customs.flight_departed(flight_id, shipments=2),
        customs.departed(order, flight_id=flight_id),
    )
    await report(customs)
    assert customs.departures_of(order) == []
    await report(customs, later=timedelta(seconds=3))
    (document,) = customs.departures_of(order)
    assert document.findtext(f"{NS}DepartureList/{NS}logisticsNo") == order.house_waybill
    assert row["cop_no"] != document.findtext(f"{NS}DepartureHead/{NS}copNo")


async def test_what_was_never_declared_is_not_reported_as_departed(customs: Any) -> None:
    order = customs.an_order()
    await customs.consume(customs.departed(order, flight_id=new_id("flt")))
    await report(customs, later=timedelta(seconds=9))
    assert customs.departures_of(order) == []


def _answer(receipt: dict[str, Any], **more: str) -> bytes:
    fields = {
        "copNo": receipt["cop_no"],
        "returnStatus": "120",
        "returnTime": receipt["return_time"],
    } | more
    content = "".join(f"<ceb:{name}>{text}</ceb:{name}>" for name, text in fields.items())
    return (
        f'<ceb:CEB604Message xmlns:ceb="{NAMESPACE}"><ceb:InventoryReturn>{content}'
        "</ceb:InventoryReturn></ceb:CEB604Message>"
    ).encode()


def leave_answer(customs: Any, name: str, content: bytes) -> None:
    """As a transfer client left it a minute ago."""
    path = customs.folder.inbox / name
    path.write_bytes(content)
    os.utime(path, times=(path.stat().st_mtime - 60,) * 2)


async def test_a_bad_answer_in_the_folder_never_holds_up_those_behind_it(
    customs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = await customs.declare(order := customs.an_order())
    receipt = customs.receipt(row, "120")
    files = {
        "a-unsafe.xml": b"<!DOCTYPE x><x/>",
        "b-huge.xml": b" " * (MESSAGE_BYTES_MAX + 1),
        "c-wordy.xml": _answer(receipt, returnInfo="[Code:" * 32_000),
        "d-poison.xml": _answer(receipt, returnInfo="poison"),
        "e-good.xml": _answer(receipt, returnInfo="fine"),
    }
    for name, content in files.items():
        leave_answer(customs, name, content)

    async def fail_on_poison(uow: Any, **given: Any) -> Any:
        assert not any(one.return_info == "poison" for one in given["received"])
        return await record_receipts(uow, **given)

    monkeypatch.setattr(jobs, "record_receipts", fail_on_poison)
    await jobs.collect_answers(JobContext(customs.db, customs.clock), single_window=customs.folder)
    assert (await customs.declaration(order))["phase"] == "accepted"
    folders = {path.name: path.parent.name for path in customs.folder.inbox.glob("*/*.xml")}
    assert folders == {
        "a-unsafe.xml": "bad",
        "b-huge.xml": "bad",
        "c-wordy.xml": "done",
        "d-poison.xml": "bad",
        "e-good.xml": "done",
    }


async def test_answers_in_the_folder_are_taken(customs: Any) -> None:
    (row,) = await customs.declare(order := customs.an_order())
    whole = _answer(customs.receipt(row, "120"))
    leave_answer(customs, "b.xml", b"<!DOCTYPE x><x/>")
    # Half of it is there when the job looks; the rest comes later.
    (customs.folder.inbox / "a.xml").write_bytes(whole[:100])
    await jobs.collect_answers(JobContext(customs.db, customs.clock), single_window=customs.folder)
    assert (customs.folder.inbox / "bad" / "b.xml").exists()
    assert customs.folder.waiting() == ["a.xml"]
    (customs.folder.inbox / "a.xml").write_bytes(whole)
    for _ in range(2):
        await jobs.collect_answers(
            JobContext(customs.db, customs.clock), single_window=customs.folder
        )
    assert (await customs.declaration(order))["phase"] == "accepted"
    assert (customs.folder.inbox / "done" / "a.xml").exists()

"""Answers in the folder of the Single Window: read once they are whole, put aside if bad."""

import os
from typing import Any

import pytest

from services.customs import jobs
from services.customs.domain.inbound.message import LARGE_BYTES_MAX
from services.customs.domain.messages.kinds.kind import NAMESPACE
from services.customs.use_cases.inbound import arrivals
from services.customs.use_cases.receipts import record_receipts
from shared.kafka import JobContext
from tests.support.worlds.customs import CustomsWorld

NS = f"{{{NAMESPACE}}}"


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


def leave_answer(customs: CustomsWorld, name: str, content: bytes) -> None:
    """As a transfer client left it a minute ago."""
    path = customs.folder.inbox / name
    path.write_bytes(content)
    os.utime(path, times=(path.stat().st_mtime - 60,) * 2)


async def test_a_bad_answer_in_the_folder_never_holds_up_those_behind_it(
    customs: CustomsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = await customs.declare(order := customs.an_order())
    receipt = customs.receipt(row, "120")
    files = {
        "a-unsafe.xml": b"<!DOCTYPE x><x/>",
        "b-huge.xml": b" " * (LARGE_BYTES_MAX + 1),
        "c-wordy.xml": _answer(receipt, returnInfo="[Code:" * 32_000),
        "d-poison.xml": _answer(receipt, returnInfo="poison"),
        "e-good.xml": _answer(receipt, returnInfo="fine"),
    }
    for name, content in files.items():
        leave_answer(customs, name, content)

    async def fail_on_poison(uow: Any, **given: Any) -> Any:
        assert not any(one.return_info == "poison" for one in given["received"])
        return await record_receipts(uow, **given)

    monkeypatch.setattr(arrivals, "record_receipts", fail_on_poison)

    await jobs.collect_answers(JobContext(customs.db, customs.clock), single_window=customs.folder)

    assert (await customs.declaration(order))["phase"] == "accepted"
    folders = {path.name: path.parent.name for path in customs.folder.inbox.glob("*/*.xml")}
    assert folders == {
        "a-unsafe.xml": "bad",
        "b-huge.xml": "bad",
        "c-wordy.xml": "done",
        "d-poison.xml": "done",
        "e-good.xml": "done",
    }
    kept = await customs.sql(
        "SELECT file_name, status, reason ->> 'code' AS code FROM customs.inbound_messages"
        " WHERE file_name = ANY($1) ORDER BY 1",
        list(files),
    )
    # The huge one was never read; what could not be applied waits.
    assert [tuple(one.values()) for one in kept] == [
        ("a-unsafe.xml", "refused", "customs.message.unsafe"),
        ("c-wordy.xml", "read", None),
        ("d-poison.xml", "stored", None),
        ("e-good.xml", "read", None),
    ]


async def test_an_answer_in_the_folder_is_read_once_it_is_whole(customs: CustomsWorld) -> None:
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


async def test_an_answer_whose_name_is_in_gbk_is_kept_and_read(customs: CustomsWorld) -> None:
    (row,) = await customs.declare(order := customs.an_order())
    leave_answer(
        customs, os.fsdecode("回执.xml".encode("gbk")), _answer(customs.receipt(row, "120"))
    )

    await jobs.collect_answers(JobContext(customs.db, customs.clock), single_window=customs.folder)

    assert (await customs.declaration(order))["phase"] == "accepted"
    kept = await customs.sql(
        "SELECT 1 FROM customs.inbound_messages WHERE file_name = '回执.xml' AND status = 'read'"
    )
    assert len(kept) == 1

"""Messages leave with a signature, the same however often they are delivered."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from services.customs import jobs
from services.customs.clients.doors.envelope import enveloped
from services.customs.clients.doors.folder import FolderDoor
from services.customs.clients.signers.holding import Place
from services.customs.clients.signers.key_ring import KeyRing
from services.customs.clients.signers.software import make_test_key
from services.customs.domain.messages.envelope import envelope_of
from services.customs.domain.messages.parties import Party
from services.customs.domain.messages.signing.checking import Verified, verify
from services.customs.domain.messages.tree import read_tree
from services.customs.use_cases.signing import list_complaints
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK
from tests.support.worlds.customs import CustomsOperator, CustomsWorld, MadeOrder


def a_ring(*holders: Party) -> KeyRing:
    return KeyRing([Place(make_test_key(one, now=real_now())) for one in holders])


@pytest.fixture
def signing(customs: CustomsWorld) -> CustomsWorld:
    customs.signer = a_ring(customs.parties.declarant)
    return customs


async def matched(customs: CustomsWorld) -> MadeOrder:
    order = customs.an_order()
    await customs.consume(customs.placed(order), customs.booked(order))
    return order


async def message_of(customs: CustomsWorld, order: MadeOrder) -> dict[str, Any]:
    guid = (await customs.declaration(order))["message_guid"]
    (row,) = await customs.sql("SELECT * FROM customs.outgoing_messages WHERE guid = $1", guid)
    return row


async def test_a_list_leaves_signed_by_its_declarants_key(signing: CustomsWorld) -> None:
    (row,) = await signing.declare(order := signing.an_order())

    message = await message_of(signing, order)
    body = (signing.folder.out / f"{row['message_guid']}.xml").read_text()
    assert (message["status"], message["note"]) == ("delivered", "")
    assert body == message["body"]
    assert isinstance(verify(body), Verified)
    assert "unsigned" not in body


async def test_killed_before_its_delivery_the_signed_bytes_leave(
    signing: CustomsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another signature of the same message would be other bytes."""
    order = await matched(signing)

    def and_die(*_: object) -> None:
        raise OSError("killed")

    monkeypatch.setattr(signing.folder, "write", and_die)
    await signing.send()
    kept = await message_of(signing, order)
    monkeypatch.undo()
    signing.signer = a_ring(signing.parties.declarant)
    await signing.sql("UPDATE customs.doors SET status = 'closed', failures = 0, probe_at = NULL")
    await signing.let_all_be_tried()
    await signing.send()

    assert kept["status"] == "signed"
    sent = await message_of(signing, order)
    assert (sent["status"], sent["body"]) == ("delivered", kept["body"])


async def test_nobody_elses_key_signs(customs: CustomsWorld) -> None:
    customs.signer = a_ring(Party("91420700MAA1RL0089", "示例自营商户"))
    order = await matched(customs)

    await customs.send()

    message = await message_of(customs, order)
    assert message["status"] == "refused"
    assert "customs.message.no_key_of_party" in message["last_error"]
    assert customs.documents() == []


async def test_a_key_that_customs_finds_fault_with_signs_nothing_until_it_is_trusted(
    signing: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await signing.declare(first := signing.an_order())
    await office.answer(signing.receipt(row, "-621028", at_s=2))
    second = await matched(signing)

    await signing.send()

    async with signing.db.read(PARK) as reader:
        key = (await message_of(signing, first))["signature"]["key_name"]
        (complaint,) = [one for one in await list_complaints(reader) if one.key_name == key]
    assert "-621028" in complaint.reason
    waiting = await message_of(signing, second)
    assert (waiting["status"], waiting["signature"]) == ("composed", None)

    answer = await office.http.post(f"/v1/signing-keys/{key}:trust")
    assert (answer.status_code, answer.json()["trusted_at"] is None) == (200, False)
    assert key in {one["key_name"] for one in (await office.get("/v1/signing-keys"))["items"]}
    assert (await office.http.post("/v1/signing-keys/0a:trust")).status_code == 404
    await signing.sql("UPDATE customs.outgoing_messages SET next_try_at = NULL")
    await signing.send()

    assert (await message_of(signing, second))["status"] == "delivered"


async def test_what_was_refused_for_its_signature_goes_again_once_the_key_is_trusted(
    signing: CustomsWorld, office: CustomsOperator
) -> None:
    rows = await signing.declare(first := signing.an_order(), second := signing.an_order())
    key = (await message_of(signing, first))["signature"]["key_name"]
    await office.answer(signing.receipt(rows[0], "-621028", at_s=2))
    refused = await signing.declaration(first)

    trusted = await office.http.post(f"/v1/signing-keys/{key}:trust")
    await signing.send()
    await signing.let_all_leave()
    await signing.send()

    assert (refused["phase"], refused["send_at"]) == ("rejected_technical", None)
    assert trusted.status_code == 200
    assert (await signing.declaration(first))["attempts"] == 2
    assert (await signing.declaration(second))["attempts"] == 1


async def test_a_late_answer_about_a_signature_of_before_does_not_distrust_the_key_again(
    signing: CustomsWorld, office: CustomsOperator
) -> None:
    """It is about what the key had signed before somebody saw to it. The document goes again."""
    rows = await signing.declare(first := signing.an_order(), second := signing.an_order())
    key = (await message_of(signing, first))["signature"]["key_name"]
    await office.answer(signing.receipt(rows[0], "-621028", at_s=2))
    await office.http.post(f"/v1/signing-keys/{key}:trust")

    await office.answer(signing.receipt(rows[1], "-621028", at_s=3))
    await signing.let_all_leave()
    await signing.send()

    async with signing.db.read(PARK) as reader:
        (complaint,) = [one for one in await list_complaints(reader) if one.key_name == key]
    assert complaint.trusted_at is not None
    assert (await signing.declaration(second))["attempts"] == 2


async def test_what_a_key_signs_after_it_was_trusted_may_be_complained_of_again(
    signing: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await signing.declare(order := signing.an_order())
    key = (await message_of(signing, order))["signature"]["key_name"]
    await office.answer(signing.receipt(row, "-621028", at_s=2))
    await office.http.post(f"/v1/signing-keys/{key}:trust")
    await signing.send()
    signing.clock.advance(minutes=1)
    await signing.let_all_leave()
    await signing.send()

    await office.answer(signing.receipt(row, "-621028", at_s=120))

    again = await signing.declaration(order)
    assert (again["attempts"], again["send_at"]) == (2, None)
    async with signing.db.read(PARK) as reader:
        (complaint,) = [one for one in await list_complaints(reader) if one.key_name == key]
    assert complaint.trusted_at is None


async def test_a_client_of_ones_own_gets_envelopes(signing: CustomsWorld) -> None:
    signing.door = FolderDoor(signing.folder, wrap=enveloped("DXPEDCCEB0000002"))

    (row,) = await signing.declare(order := signing.an_order())

    raw = (signing.folder.out / f"{row['message_guid']}.xml").read_bytes()
    assert ET.fromstring(raw).tag.endswith("DxpMsg")
    found = envelope_of(read_tree(raw, check_root=lambda *_: None))
    assert (found.sender_id, found.receiver_ids) == (signing.park.dxp_id, ("DXPEDCCEB0000002",))
    assert found.data.decode() == (await message_of(signing, order))["body"]


async def test_without_a_signer_messages_say_that_they_are_unsigned(customs: CustomsWorld) -> None:
    order = await matched(customs)
    context = JobContext(customs.db, customs.clock)

    await jobs.send_documents(context, park=customs.park, door=customs.door)

    message = await message_of(customs, order)
    assert (message["status"], message["signature"]) == ("delivered", None)
    assert "unsigned" in message["body"]

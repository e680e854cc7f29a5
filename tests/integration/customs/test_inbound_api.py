"""What the port posts is kept before it is read, whatever it is, and can be replayed."""

import base64
import json
import random
from hashlib import sha256
from typing import Any

import pytest

from deploy.bench.storm.mutations import mutated
from services.customs import jobs
from services.customs.domain.inbound.message import PARSER_VERSION
from services.customs.domain.messages.kinds.kind import NAMESPACE
from services.customs.use_cases.inbound import arrivals
from services.customs.use_cases.receipts import record_receipts
from shared.kafka import JobContext
from shared.kernel.ids import new_id
from tests.support.worlds.customs import CustomsOperator, CustomsWorld


def answer_to(cop_no: str, at: str = "20261122163000123") -> bytes:
    return (
        f'<ceb:CEB604Message guid="G-{cop_no}" version="1.0" xmlns:ceb="{NAMESPACE}">'
        f"<ceb:InventoryReturn><ceb:copNo>{cop_no}</ceb:copNo><ceb:returnStatus>120"
        f"</ceb:returnStatus><ceb:returnTime>{at}</ceb:returnTime></ceb:InventoryReturn>"
        "</ceb:CEB604Message>"
    ).encode()


async def post(office: CustomsOperator, raw: bytes, kind: str = "application/xml") -> Any:
    return await office.http.post("/v1/receipts", content=raw, headers={"Content-Type": kind})


async def in_time(customs: CustomsWorld, digest: str) -> None:
    """As if it had been stored so long ago that its reader must have died."""
    await customs.sql(
        "UPDATE customs.inbound_messages SET due_at = now() - interval '1 s' WHERE digest = $1"
        " RETURNING 1",
        digest,
    )
    await jobs.read_inbound(JobContext(customs.db, customs.clock))


@pytest.mark.parametrize("raw", [b"", b" \r\n"])
async def test_an_empty_body_is_no_message_and_is_not_kept(
    office: CustomsOperator, raw: bytes
) -> None:
    response = await post(office, raw, "application/xml")

    assert (response.status_code, response.json()["code"]) == (400, "customs.receipt.empty")
    digest = sha256(raw).hexdigest()
    kept = await office.http.get(f"/v1/inbound-messages/{digest}")
    assert kept.status_code == 404, kept.text


@pytest.mark.parametrize(
    ("raw", "kind", "code"),
    [
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "application/xml", "customs.message.unsafe"),
        (b"<a", "application/xml", "customs.message.not_readable"),
        (b"\xff\x00\xfe", "application/xml", "customs.message.not_readable"),
        (b"<CEB604Message/>", "text/xml", "customs.message.not_readable"),
        (b"{", "application/json", "request.malformed_json"),
        (b'{"items": []}', "application/json", "customs.receipt.count_out_of_range"),
        (b"[]", "application/json", "customs.receipt.items_missing"),
        (b'{"items": [{"cop_no": "A\\nB"}]}', "application/json", "customs.receipt.incomplete"),
    ],
)
async def test_what_cannot_be_read_is_kept_and_refused_with_a_reason(
    office: CustomsOperator, raw: bytes, kind: str, code: str
) -> None:
    response = await post(office, raw, kind)
    answer = response.json()
    kept = await office.get(f"/v1/inbound-messages/{answer['digest']}")

    assert (response.status_code, answer["status"], answer["reason"]["code"]) == (
        202,
        "refused",
        code,
    )
    assert "{" not in answer["reason"]["detail"]
    assert base64.b64decode(kept["raw_base64"]) == raw
    assert (kept["status"], kept["reason"]) == ("refused", answer["reason"])
    assert kept["parser_version"] == PARSER_VERSION


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (b" " * (1024 * 1024 + 1), "application/xml", 413),
        (b"<CEB900Message" + b" " * (16 * 1024 * 1024), "application/xml", 413),
        (b"<CEB900Message" + b" " * (2 * 1024 * 1024), "application/xml", 202),
        (b"x", "text/plain", 415),
    ],
)
async def test_only_a_refusal_of_all_of_our_message_may_be_longer_than_a_megabyte(
    office: CustomsOperator, raw: bytes, kind: str, status: int
) -> None:
    assert (await post(office, raw, kind)).status_code == status


async def test_the_same_bytes_are_one_message_that_came_twice(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await customs.declare(customs.an_order())
    raw = answer_to(row["cop_no"])

    first, again = (await post(office, raw)).json(), (await post(office, raw)).json()
    kept = await office.get(f"/v1/inbound-messages/{first['digest']}")

    assert [one["receipts"][0]["status"] for one in (first, again)] == ["new", "known"]
    assert first["receipts"][0]["number"] == row["cop_no"]
    assert (kept["times"], kept["message_type"], kept["guid"]) == (
        2,
        "CEB604",
        f"G-{row['cop_no']}",
    )
    assert (kept["entries_read"], kept["entries_refused"]) == (1, 0)
    events = await customs.events(row["id"])
    assert [name for name, _ in events].count("accepted") == 1


async def test_a_message_that_could_not_be_applied_is_kept_and_read_later(
    customs: CustomsWorld, office: CustomsOperator, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = await customs.declare(order := customs.an_order())

    async def crash(*_: Any, **__: Any) -> Any:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(arrivals, "record_receipts", crash)
        stored = (await post(office, answer_to(row["cop_no"]))).json()
        await in_time(customs, stored["digest"])
        tried = await office.get(f"/v1/inbound-messages/{stored['digest']}")
    await in_time(customs, stored["digest"])
    done = await office.get(f"/v1/inbound-messages/{stored['digest']}")

    assert (stored["status"], stored["receipts"]) == ("stored", [])
    assert (tried["status"], tried["reason"]["code"]) == ("stored", "customs.inbound.not_applied")
    assert (done["status"], done["reason"]) == ("read", None)
    assert (await customs.declaration(order))["phase"] == "accepted"


async def test_one_message_that_fails_holds_up_none_behind_it(
    customs: CustomsWorld, office: CustomsOperator, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = (f"AL{new_id('cop')[-20:]}" for _ in range(2))
    digests = [(await post(office, answer_to(one))).json()["digest"] for one in (bad, good)]
    for digest in digests:
        await office.http.post(f"/v1/inbound-messages/{digest}:replay")

    async def fail_on_bad(uow: Any, **given: Any) -> Any:
        assert all(one.key.number != bad for one in given["received"])
        return await record_receipts(uow, **given)

    monkeypatch.setattr(arrivals, "record_receipts", fail_on_bad)
    await jobs.read_inbound(JobContext(customs.db, customs.clock))
    after = [(await office.get(f"/v1/inbound-messages/{digest}"))["status"] for digest in digests]

    assert after == ["stored", "read"]


async def test_messages_of_an_older_reader_are_replayed(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    """As after a correction: what was refused is read from the bytes that were kept."""
    (row,) = await customs.declare(order := customs.an_order())
    raw = answer_to(row["cop_no"])
    digest = (await post(office, raw)).json()["digest"]
    await customs.sql("DELETE FROM customs.receipts WHERE inbound_digest = $1 RETURNING 1", digest)
    await customs.sql(
        "UPDATE customs.inbound_messages SET status = 'refused', parser_version = 0,"
        " message_type = 'TEST1' WHERE digest = $1 RETURNING 1",
        digest,
    )
    chosen = {"message_type": "TEST1", "status": "refused"}

    answers = [
        (await office.http.post("/v1/inbound-messages:replay", json=chosen)).json()
        for _ in range(2)
    ]
    await jobs.read_inbound(JobContext(customs.db, customs.clock))
    kept = await office.get(f"/v1/inbound-messages/{digest}")

    assert answers == [
        {"replayed": 1, "is_complete": True},
        {"replayed": 0, "is_complete": True},
    ]
    assert (kept["status"], kept["parser_version"]) == ("read", PARSER_VERSION)
    assert (await customs.declaration(order))["phase"] == "accepted"


async def test_messages_are_listed_newest_first_and_by_what_became_of_them(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    # Later than what other tests posted.
    customs.clock.advance(days=300)
    digests = []
    for text in ("<a", "<b"):
        customs.clock.advance(seconds=1)
        digests.append(
            (await post(office, text.encode() + new_id("xml").encode())).json()["digest"]
        )
    since = (customs.clock.now()).isoformat()

    refused = await office.get("/v1/inbound-messages", status="refused", limit=2)
    newest = await office.get("/v1/inbound-messages", received_from=since)
    read = await office.get("/v1/inbound-messages", status="read", received_from=since)

    assert [one["digest"] for one in refused["items"]] == digests[::-1]
    assert [one["digest"] for one in newest["items"]] == digests[1:]
    assert read["items"] == []
    assert "raw_base64" not in refused["items"][0]


async def test_thousands_of_broken_messages_are_kept_and_none_stops_the_next(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    rng = random.Random(7)
    (row,) = await customs.declare(order := customs.an_order())
    whole = answer_to(row["cop_no"])
    item = {"cop_no": "AL1", "return_status": "3", "return_time": "20261122163000123"}
    as_json = json.dumps({"items": [item, item]}).encode()
    kept: dict[str, bytes] = {}
    for _ in range(1_000):
        for raw, kind in ((whole, "application/xml"), (as_json, "application/json")):
            broken = mutated(raw, rng)
            response = await post(office, broken, kind)
            if not broken.strip():
                assert response.status_code == 400, response.text
                continue
            assert response.status_code == 202, (broken, response.text)
            answer = response.json()
            assert answer["status"] != "stored", broken
            assert (answer["reason"] is None) == (answer["status"] == "read"), broken
            kept[answer["digest"]] = broken
    last = (await post(office, whole)).json()

    rows = await customs.sql(
        "SELECT digest, raw FROM customs.inbound_messages WHERE digest = ANY($1)", list(kept)
    )
    assert {one["digest"]: bytes(one["raw"]) for one in rows} == kept
    assert last["receipts"][0]["status"] in ("new", "known")
    assert (await customs.declaration(order))["phase"] == "accepted"


async def test_a_message_that_was_refused_is_read_again_when_it_comes_again(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    """The port repeats it: it may be declared rightly by then."""
    (row,) = await customs.declare(customs.an_order())
    raw = json.dumps({"items": [customs.receipt(row, "120")]}).encode()
    as_xml, as_json = ({"Content-Type": f"application/{one}"} for one in ("xml", "json"))

    first = (await office.http.post("/v1/receipts", content=raw, headers=as_xml)).json()
    second = (await office.http.post("/v1/receipts", content=raw, headers=as_json)).json()

    kept = await office.get(f"/v1/inbound-messages/{first['digest']}")
    assert (first["status"], second["status"], kept["status"]) == ("refused", "read", "read")
    assert (kept["times"], kept["content_type"]) == (2, "application/json")

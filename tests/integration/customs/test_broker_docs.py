"""The commands of docs/customs/broker.md, run one after the other as they stand there."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from services.customs import jobs
from shared.kafka import JobContext
from shared.kernel.identity import Role
from shared.kernel.ids import new_id
from tests.support.events.catalog.orders import an_order_line
from tests.support.page_commands import commands_of, run
from tests.support.steps import accepted
from tests.support.worlds.customs import CustomsOperator, CustomsWorld

DOCS = Path(__file__).resolve().parents[3] / "docs" / "customs"


async def a_day(customs: CustomsWorld, office: CustomsOperator) -> dict[str, str]:
    """A declaration of each kind that the page speaks of, by the name of its variable."""
    blocked = customs.an_order(lines=1)
    await customs.consume(customs.placed(blocked, lines=(an_order_line(1, hs_code="9405.50"),)))
    await customs.consume(customs.booked(blocked))
    orders = {
        what: customs.an_order(new_id("mer")) for what in ("RETURNED", "ACCEPTED", "RELEASED")
    }
    rows = {what: (await customs.declare(order))[0] for what, order in orders.items()}
    await office.answer(
        customs.receipt(rows["RETURNED"], "100"),
        accepted(customs, rows["ACCEPTED"]),
        accepted(customs, rows["RELEASED"]),
        customs.receipt(rows["RELEASED"], "800", at_s=9),
    )
    rows["BLOCKED"] = await customs.declaration(blocked)
    return {what: row["id"] for what, row in rows.items()}


@pytest.mark.skipif(shutil.which("curl") is None, reason="the command curl is not installed")
async def test_the_commands_do_what_the_page_says(
    customs: CustomsWorld,
    office: CustomsOperator,
    address: str,
    token_for: Callable[..., str],
    tmp_path: Path,
) -> None:
    shutil.copy(DOCS / "messages" / "CEB304.xml", tmp_path / "receipt.xml")
    await jobs.measure_doors(JobContext(customs.db, customs.clock), door=customs.door.name)
    sent = await office.http.post(
        "/v1/receipts", content=b"<nothing", headers={"Content-Type": "application/xml"}
    )
    unreadable = sent.json()["digest"]
    environment = await a_day(customs, office) | {
        "CUSTOMS": address,
        "TOKEN": token_for(Role.OPERATOR, "park", ["customs:read", "customs:write"]),
    }

    said = [
        await run(commands, folder=tmp_path, environment=environment)
        for commands in commands_of(DOCS / "broker.md")
    ]

    _, work, waits, missing, validated, repaired, cloned, doors, *others = said
    cancelled, returnable, refused, received = others
    found = json.loads(work)
    assert found["summary"]["owners"]
    assert all(one["code"] and one["owner"] and one["fix"] for one in found["items"])
    assert environment["BLOCKED"] in waits
    assert environment["RETURNED"] in waits
    assert '"owner":"merchant"' in missing
    assert '"code":"customs.match.hs_code"' in validated
    assert '"status":"queued"' in repaired
    assert '"status":"queued"' in cloned
    assert '"status":"cancel_requested"' in cancelled
    assert '"unmatched"' in received
    shown = {one["name"]: one["status"] for one in json.loads(doors)["items"]}
    assert shown["folder"] == "closed"
    lines = json.loads(returnable)["lines"]
    assert lines
    assert all(line["remaining"] == line["exported"] for line in lines), lines
    assert unreadable in [one["digest"] for one in json.loads(refused)["items"]]

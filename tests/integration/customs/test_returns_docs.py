"""The commands of docs/customs/returns.md, run as they stand there."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.kernel.identity import Role
from shared.kernel.ids import new_id
from tests.support.page_commands import commands_of, run
from tests.support.steps import accepted
from tests.support.worlds.customs import CustomsOperator, CustomsWorld

PAGE = Path(__file__).resolve().parents[3] / "docs" / "customs" / "returns.md"


@pytest.mark.skipif(shutil.which("curl") is None, reason="the command curl is not installed")
async def test_the_commands_do_what_the_page_says(
    customs: CustomsWorld,
    office: CustomsOperator,
    address: str,
    token_for: Callable[..., str],
    merchant_id: str,
    tmp_path: Path,
) -> None:
    """By a merchant, for a list of two lines with three pieces each."""
    (row,) = await customs.declare(order := customs.an_order(merchant_id))
    await office.answer(accepted(customs, row), customs.receipt(row, "800", at_s=1))
    await customs.consume(customs.departed(order, flight_id=new_id("flt")))
    environment = {
        "CUSTOMS": address,
        "TOKEN": token_for(Role.MERCHANT, merchant_id, ["customs:read", "customs:write"]),
        "DECLARATION": row["id"],
    }

    (commands,) = commands_of(PAGE)
    said = await run(
        commands.replace("\ncurl", "\necho; curl"), folder=tmp_path, environment=environment
    )

    returnable, made, listed = map(json.loads, said.splitlines())
    assert [line["remaining"] for line in returnable["lines"]] == ["3", "3"]
    assert [(line["gnum"], line["quantity"]) for line in made["lines"]] == [(1, "2")]
    assert [one["id"] for one in listed["items"]] == [made["id"]]

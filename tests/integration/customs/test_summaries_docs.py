"""The commands of docs/customs/summaries.md, run as they stand there."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.kernel.identity import Role
from tests.support.page_commands import commands_of, run
from tests.support.worlds.customs import CustomsOperator, CustomsWorld
from tests.support.worlds.summaries import forget_lists, release, summarising

PAGE = Path(__file__).resolve().parents[3] / "docs" / "customs" / "summaries.md"


@pytest.mark.skipif(shutil.which("curl") is None, reason="the command curl is not installed")
async def test_the_commands_do_what_the_page_says(
    customs: CustomsWorld,
    office: CustomsOperator,
    address: str,
    token_for: Callable[..., str],
    tmp_path: Path,
) -> None:
    """Its month is the one before that of the test."""
    await forget_lists(customs)
    rows = await release(summarising(customs), office)
    token = token_for(Role.OPERATOR, "park", ["customs:read", "customs:write"])

    (commands,) = commands_of(PAGE)
    said = await run(
        commands.replace("\ncurl", "\necho; curl"),
        folder=tmp_path,
        environment={"CUSTOMS": address, "TOKEN": token},
    )

    waiting, preview, made, listed = map(json.loads, said.splitlines())
    numbers = [row["invt_no"] for row in rows]
    assert [one["invt_no"] for one in waiting["items"]] == numbers
    assert [one["invt_no"] for one in preview["waiting"]] == numbers
    assert [one["lists"] for one in made["items"]] == [2]
    assert listed["items"] == made["items"]

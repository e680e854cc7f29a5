"""The commands of docs/timetable-files.md, run as they stand there."""

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from services.routing.use_cases.timetable.imports import run_next_import
from shared.kernel.identity import Role
from shared.kernel.json import JsonObject
from tests.support.page_commands import commands_of, run
from tests.support.worlds.routing import RoutingWorld

PAGE = Path(__file__).resolve().parents[3] / "docs" / "timetable-files.md"


@pytest.mark.skipif(shutil.which("curl") is None, reason="the command curl is not installed")
async def test_the_commands_do_what_the_page_says(
    world: RoutingWorld, address: str, token_for: Callable[..., str], tmp_path: Path
) -> None:
    token = token_for(Role.OPERATOR, "park", ["routing:read", "routing:write"])
    (commands,) = commands_of(PAGE)

    async def worker() -> None:
        while True:
            await run_next_import(world.db, world.clock)
            await asyncio.sleep(0.05)

    working = asyncio.create_task(worker())
    try:
        said = await run(
            commands.replace("\ncurl", "\necho; curl"),
            folder=tmp_path,
            environment={"ROUTING": address, "TOKEN": token},
        )
    finally:
        working.cancel()

    made, errors, flights = _parts(said)
    assert (made["status"], made["rows"], made["rows_failed"]) == ("done", 4, 1)
    assert errors[0].startswith("line,column,flight_number")
    assert errors[1].startswith("5,destination,CV7813,error,routing.timetable.airport_unknown")
    assert [flight["destination"] for flight in flights["items"]] == ["ANC", "LAX"] * 2


def _parts(said: str) -> tuple[JsonObject, list[str], JsonObject]:
    """What the last three commands print."""
    lines = [line for line in said.splitlines() if line]
    return json.loads(lines[0]), lines[1:-1], json.loads(lines[-1])

"""The commands of docs/customs/evidence.md, run one after the other as they stand there."""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from shared.kernel.ids import new_id
from tests.kit.waiting import until
from tests.support.worlds.customs import CustomsOperator, CustomsWorld
from tests.support.worlds.evidence import a_shared_message, act, seal

PAGE = Path(__file__).resolve().parents[3] / "docs" / "customs" / "evidence.md"
COMMANDS = re.findall(r"(?ms)^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"))


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    host, port = server.servers[0].sockets[0].getsockname()
    yield f"http://{host}:{port}"
    server.should_exit = True
    await serving


@pytest.mark.skipif(shutil.which("curl") is None, reason="the command curl is not installed")
async def test_the_commands_do_what_the_page_says(
    customs: CustomsWorld,
    office: CustomsOperator,
    address: str,
    merchant_token: Callable[[str], str],
    merchant_id: str,
    tmp_path: Path,
) -> None:
    own, _ = await a_shared_message(customs, office, merchant_id)
    await act(customs, new_id("dec"))
    await seal(customs)
    environment = {
        **os.environ,
        "CUSTOMS": address,
        "TOKEN": merchant_token(merchant_id),
        "DECLARATION": own["id"],
    }

    said = []
    for commands in COMMANDS:
        process = await asyncio.create_subprocess_exec(
            "bash",
            "-euc",
            commands,
            cwd=tmp_path,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        assert process.returncode == 0, output.decode()
        said.append(output.decode())

    exported, head, noted = said
    assert exported.rstrip().endswith(" 0 faults")
    assert '"hash"' in head
    assert "is the one that was noted earlier" in noted

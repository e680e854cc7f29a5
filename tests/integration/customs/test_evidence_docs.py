"""The commands of docs/customs/evidence.md, run one after the other as they stand there."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.kernel.ids import new_id
from tests.support.page_commands import commands_of, run
from tests.support.worlds.customs import CustomsOperator, CustomsWorld
from tests.support.worlds.evidence import a_shared_message, act, seal

PAGE = Path(__file__).resolve().parents[3] / "docs" / "customs" / "evidence.md"


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
        "CUSTOMS": address,
        "TOKEN": merchant_token(merchant_id),
        "DECLARATION": own["id"],
    }

    said = [
        await run(commands, folder=tmp_path, environment=environment)
        for commands in commands_of(PAGE)
    ]

    exported, head, noted = said
    assert exported.rstrip().endswith(" 0 faults")
    assert '"hash"' in head
    assert "is the one that was noted earlier" in noted

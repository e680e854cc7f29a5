"""The outage of a day: what waits for the port is counted, and watched until it is taken."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from deploy.sandbox.customs_office.office import CustomsOffice
from deploy.sandbox.day import outage
from deploy.sandbox.day.outage import OUTAGE, survive_outage
from tests.kit.clock import ManualClock


async def survived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, takes: bool
) -> tuple[Any, list[str]]:
    """With one message that comes when the port is shut, and a port that takes it half an hour
    after, or never."""
    clock, notes = ManualClock(), list[str]()
    office = CustomsOffice(tmp_path, SimpleNamespace(), clock, 1)  # type: ignore[arg-type]
    begun = clock.now()
    # Patience is measured by the same clock, so that nothing here depends on the machine.
    monkeypatch.setattr(outage, "_PATIENCE_S", 3600)
    monkeypatch.setattr(outage, "monotonic_s", lambda: clock.now().timestamp())

    async def pass_time(_: float) -> None:
        clock.advance(minutes=10)
        file = office._tray.out / "0190.xml"
        if clock.now() < begun + OUTAGE:
            file.write_text("<x/>")
        elif takes and clock.now() >= begun + OUTAGE + timedelta(minutes=30):
            office._tray.settle(file) if file.exists() else None

    monkeypatch.setattr("asyncio.sleep", pass_time)
    return await survive_outage(office, clock, notes.append), notes


async def test_what_waited_is_counted_and_watched_until_it_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, notes = await survived(tmp_path, monkeypatch, takes=True)

    assert (found.minutes, found.messages, found.taken_after_min) == (60.0, 1, 30.0)
    assert notes[-1] == "the port works again: 1 message had waited"


async def test_what_is_never_taken_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = await survived(tmp_path, monkeypatch, takes=False)

    assert (found.messages, found.taken_after_min) == (1, None)

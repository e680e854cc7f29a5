"""The sample receivers of docs/samples take what is signed as the standard says, once."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from httpx2 import AsyncClient
from standardwebhooks import Webhook

from deploy.engines import free_port
from deploy.engines.process import port_taken, wait_until
from shared.kernel.clock import real_now

SAMPLES = Path(__file__).resolve().parents[3] / "docs" / "samples"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"type":"catalog.order.placed","timestamp":"2026-11-26T08:00:00Z","data":{"note":"假发 ☂"}}'
COMMANDS = {
    "python": [sys.executable, str(SAMPLES / "python" / "receiver.py")],
    "node": ["node", str(SAMPLES / "node" / "receiver.mjs")],
    "go": ["go", "run", str(SAMPLES / "go" / "receiver" / "main.go")],
}


@pytest.fixture(params=COMMANDS)
def receiver(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a running sample, and the file of what it printed."""
    command, port, said = COMMANDS[request.param], free_port(), tmp_path / "said"
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    with said.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=os.environ | {"WEBHOOK_SECRET": SECRET, "PORT": str(port)},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_until(lambda: port_taken(port), process, request.param, said)
        yield f"http://127.0.0.1:{port}/", said
    finally:
        # `go run` has a child of its own.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def signed(at: datetime, *, body: str = BODY, secret: str = SECRET) -> dict[str, str]:
    return {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("evt_1", at, body),
    }


async def test_a_sample_receiver_takes_signed_events_once(receiver: tuple[str, Path]) -> None:
    url, said = receiver
    now = real_now()
    rotated = signed(now)
    rotated["webhook-signature"] = f"v1,bm9wZQ== {rotated['webhook-signature']}"
    forged = signed(now, secret="whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")
    late = signed(now - timedelta(minutes=6))

    async with AsyncClient() as client:
        answers = [
            (await client.post(url, content=body.encode(), headers=headers)).status_code
            for headers, body in (
                (signed(now), BODY),
                (rotated, BODY),
                (signed(now), BODY.replace("placed", "forged")),
                (forged, BODY),
                (late, BODY),
                ({}, BODY),
            )
        ]

    assert answers == [204, 204, 400, 400, 400, 400]
    assert said.read_text() == "catalog.order.placed evt_1\n"

"""Lines to paste into a shell work in a plain one, and name the addresses of this very park."""

import subprocess
from pathlib import Path

import pytest

from deploy.sandbox.park import Credential
from deploy.sandbox.report import hints

URL = {
    service: f"http://127.0.0.1:{port}"
    for port, service in enumerate(("catalog", "customs", "routing", "analytics"), start=8001)
}
MERCHANT = Credential("merchant-1", "x" * 20, "mer_1")


@pytest.mark.parametrize(
    "answer",
    [
        '{"access_token":"ey.J.z","token_type":"Bearer","expires_in":900}',
        '{"token_type": "Bearer", "access_token": "ey.J.z"}',
    ],
)
def test_the_token_line_sets_the_token_of_the_answer(tmp_path: Path, answer: str) -> None:
    curl = tmp_path / "curl"
    curl.write_text(f"#!/bin/sh\necho '{answer}'\n")
    curl.chmod(0o755)
    line = hints.token_line(URL["catalog"], "merchant-1", "x" * 20)

    done = subprocess.run(
        ["/bin/sh", "-c", f'{line}\necho "<$TOKEN>"'],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "<ey.J.z>\n"


def test_first_steps_are_the_merchants() -> None:
    lines = hints.first_steps(URL, MERCHANT)

    assert "client_id=merchant-1" in lines
    assert "'http://127.0.0.1:8001/v1/products?limit=3'" in lines
    assert "'http://127.0.0.1:8003/v1/flights?origin=EHU&limit=3'" in lines


@pytest.mark.parametrize("order_id", ["ord_7", None])
def test_after_the_day_an_order_is_shown_if_one_was_delivered(order_id: str | None) -> None:
    lines = hints.after_the_day(order_id, URL, MERCHANT)

    assert ("/v1/orders/ord_7'" in lines) is (order_id is not None)
    assert "'http://127.0.0.1:8004/v1/kpis'" in lines

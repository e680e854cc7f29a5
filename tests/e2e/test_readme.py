"""What the documents print works as printed: curl lines of the README and of the pages
for merchants and forwarders, and the sample clients.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.engines import free_port
from deploy.sandbox.report import hints
from deploy.sandbox.seed import credentials_on_file
from shared.contracts.topics import SERVICES

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PATIENCE_S = 180
# curl alone succeeds with any answer; here a refusal must end the script.
STRICT = 'set -eu; curl() { command curl --fail-with-body --max-time 20 "$@"; }\n'


def curl_block() -> str:
    (block,) = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    return str(block)


class ReadmePark:
    def __init__(self, home: Path) -> None:
        self.home = home
        ours = ("AIRLANE_", "KAFKA_", *(f"{service.upper()}_" for service in SERVICES))
        self.env = {name: v for name, v in os.environ.items() if not name.startswith(ours)}
        engines = ("AIRLANE_POSTGRES_PORT", "AIRLANE_KAFKA_PORT", "AIRLANE_KAFKA_CONTROLLER_PORT")
        workers = [f"{service.upper()}_WORKER_PORT" for service in SERVICES]
        self.api_ports = {8001 + n: free_port() for n in range(len(SERVICES))}
        self.env |= {name: str(free_port()) for name in (*engines, *workers)}
        for service, port in zip(SERVICES, self.api_ports.values(), strict=True):
            self.env[f"{service.upper()}_API_PORT"] = str(port)
        self.env |= {"AIRLANE_STATE_DIR": str(home / ".airlane"), "NO_COLOR": "1"}

    def as_printed(self, text: str) -> str:
        """The README's text with this park's ports."""
        for printed, port in self.api_ports.items():
            text = text.replace(f":{printed}", f":{port}")
        return text


@pytest.fixture(scope="module")
def park(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadmePark]:
    park = ReadmePark(tmp_path_factory.mktemp("readme"))
    log = park.home / "up.log"
    with log.open("wb") as output:
        up = subprocess.Popen(
            [sys.executable, "-m", "deploy.local", "up"],
            cwd=ROOT,
            env=park.env,
            stdout=output,
            stderr=output,
        )
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not (park.home / ".airlane" / "credentials.json").exists():
            assert up.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield park
    finally:
        up.send_signal(signal.SIGINT)
        try:
            up.wait(60)
        except subprocess.TimeoutExpired:
            up.kill()


@pytest.mark.real_broker
@pytest.mark.timeout(PATIENCE_S + 120)
def test_the_curl_lines_work_as_printed(park: ReadmePark) -> None:
    said = shell(park, park.as_printed(curl_block()))
    assert '"status":"placed"' in said, said[-3000:]
    assert '"status":"cancelled"' in said, said[-3000:]
    assert_hints_work(park, order_id=re.findall(r'"id":"(ord_\w+)"', said)[0])
    # The same park, because starting one costs more than all of this.
    for command in sample_clients():
        assert_places_an_order(park, command)


@pytest.mark.real_broker
@pytest.mark.timeout(PATIENCE_S + 120)
def test_the_way_of_a_merchant_works_as_printed(park: ReadmePark) -> None:
    said = shell(park, lines_of("merchants.md", park))

    assert '"code":"catalog.cell.' in said, said[-3000:]  # the dry run found the price in words
    assert '"new":4' in said, said[-3000:]
    assert '"new":2' in said, said[-3000:]
    assert '"total":{"amount":"15.00","currency":"EUR"}' in said, said[-3000:]
    exported = (park.home / "products.ndjson").read_text(encoding="utf-8").splitlines()
    skus = {json.loads(line)["sku"] for line in exported}
    assert skus >= {"MUG-350-WHT", "CUSH-45-LIN", "CANDLE-LED-6"}  # the last two were corrected


@pytest.mark.real_broker
@pytest.mark.timeout(PATIENCE_S + 120)
def test_the_way_of_a_forwarder_works_as_printed(park: ReadmePark) -> None:
    said = shell(park, lines_of("routing.md", park))

    addresses = re.findall(r'"address":({[^}]*}|null),.*?"options":(\[\]|\[{)', said)
    found = {address: options != "[]" for address, options in addresses}
    assert found == {
        '{"country":"DE","postal_code":"10115","delivery_region":"DE-O"}': True,
        '{"country":"US","postal_code":null,"delivery_region":"US"}': True,
        "null": True,
        '{"country":"GB","postal_code":"SW1A1AA","delivery_region":"GB"}': True,
        '{"country":"DE","postal_code":null,"delivery_region":"DE"}': True,
        '{"country":"KP","postal_code":null,"delivery_region":"KP"}': False,
        '{"country":"BE","postal_code":null,"delivery_region":"BE"}': False,
    }
    assert '"code":"routing.acceptance.embargo"' in said, said[-3000:]
    assert '"code":"split"' in said, said[-3000:]
    # A merchant sees no cost, an operator sees that of the same quote.
    assert re.search(r'"cost":null}{"id":"quo_.*"cost":{"total"', said), said[-3000:]
    assert said.count('"quote":{"price":') == 14, said[-3000:]
    assert '"postal_prefixes":["90",' in said, said[-3000:]
    assert '"schedules_new":2' in said, said[-3000:]
    assert "CV7813,error,routing.timetable.airport_unknown" in said, said[-3000:]
    assert '"capacity_g":80000000' in said, said[-3000:]
    assert '"reference":"CVgeneralEHU-LAX"' in said, said[-3000:]
    assert (park.home / "promise-grades.csv").read_bytes().startswith(b"store,carrier,due,kept")


def lines_of(page: str, park: ReadmePark) -> str:
    """Those of a page, with this park's ports; in its folder are the files that they name."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    shutil.copytree(ROOT / "docs" / "samples", park.home / "docs" / "samples", dirs_exist_ok=True)
    return park.as_printed("".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL)))


def shell(park: ReadmePark, lines: str) -> str:
    """What plain sh and curl say to them, without blanks."""
    done = subprocess.run(
        ["sh", "-c", STRICT + lines],
        cwd=park.home,
        env=park.env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-3000:]
    return said.replace(" ", "")


def assert_hints_work(park: ReadmePark, order_id: str) -> None:
    """The lines that seeding and the day print, with the token that stands above them."""
    held = credentials_on_file(park.home / ".airlane" / "credentials.json")
    url = {s: f"http://127.0.0.1:{park.api_ports[8001 + n]}" for n, s in enumerate(SERVICES)}
    shell(park, hints.first_steps(url, held["merchant"]).partition(":\n")[2])
    said = shell(park, hints.after_the_day(order_id, url, held["operator"]).partition(":\n")[2])
    assert f'"id":"{order_id}"' in said
    assert '"lane":1' in said


def sample_clients() -> list[list[str]]:
    """The client of every language that this machine has a compiler or interpreter for."""
    samples = ROOT / "docs" / "samples"
    commands = [[sys.executable, str(samples / "python" / "client.py")]]
    if shutil.which("node"):
        commands.append(["node", str(samples / "node" / "client.mjs")])
    if shutil.which("go"):
        commands.append(["go", "run", str(samples / "go" / "client" / "main.go")])
    return commands


def assert_places_an_order(park: ReadmePark, command: list[str]) -> None:
    merchant = json.loads((park.home / ".airlane" / "credentials.json").read_text())["merchant"]
    env = park.env | {
        "AIRLANE_CATALOG_URL": f"http://127.0.0.1:{park.api_ports[8001]}",
        "AIRLANE_CLIENT_ID": merchant["client_id"],
        "AIRLANE_CLIENT_SECRET": merchant["client_secret"],
    }
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert re.fullmatch(r"ord_\w+ (placed|booked)\n", done.stdout), done.stdout


def test_there_are_ten_curl_lines() -> None:
    assert sum("curl " in line for line in curl_block().splitlines()) >= 10


def test_the_map_names_only_folders_that_exist() -> None:
    section = README.split("## Map", 1)[1].split("\n## ", 1)[0]
    for path in re.findall(r"^([a-z][\w./-]*/)", section, re.MULTILINE):
        assert (ROOT / path).is_dir(), path

"""The HTTP contracts: committed, current, and kept by a running service whatever it is sent.

schemathesis makes valid and invalid requests from each document and sends them to a real process on
a real database. No answer may be a 5xx, have an undocumented status or content type, or differ from
the documented schema.
"""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.engines import free_port
from shared.contracts.topics import SERVICES
from shared.kernel.identity import Role
from shared.kernel.ids import new_id
from tests.kit.databases import Postgres

ROOT = Path(__file__).resolve().parents[2]
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance"
)
EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "6")
SEED = "20261122"


@pytest.mark.parametrize("service", SERVICES)
def test_committed_document_is_current(service: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"services.{service}", "openapi", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def running(service: str, dsn: str, jwks_url: str, folder: Path) -> Iterator[str]:
    port = free_port()
    env = {
        **os.environ,
        f"{service.upper()}_DATABASE_URL": dsn,
        f"{service.upper()}_API_PORT": str(port),
        "AIRLANE_JWKS_URL": jwks_url,
        "CATALOG_SIGNING_KEY_FILE": str(folder / "signing.pem"),
        "CATALOG_SPOOL_DIR": str(folder / "spool"),
        "CUSTOMS_SINGLE_WINDOW_DIR": str(folder / "single-window"),
        "WEBHOOKS_SECRET_KEY": "k1:" + "A" * 43 + "=",
    }
    _write_key(folder / "signing.pem")
    log = folder / "api.log"
    with log.open("wb") as output:
        api = subprocess.Popen(
            [sys.executable, "-m", f"services.{service}", "api"],
            cwd=ROOT,
            env=env,
            stdout=output,
            stderr=output,
        )
    try:
        _wait(f"http://127.0.0.1:{port}/readyz", log)
        yield f"http://127.0.0.1:{port}"
    finally:
        api.terminate()
        api.wait(15)


def _write_key(path: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    path.write_bytes(
        Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _wait(url: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (OSError, urllib.error.URLError):
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("service", SERVICES)
async def test_the_service_keeps_its_contract(
    service: str,
    postgres: Postgres,
    jwks_url: str,
    token_for: Callable[..., str],
    tmp_path: Path,
) -> None:
    await postgres.migrated(service)
    scopes = [f"{s}:{verb}" for s in SERVICES for verb in ("read", "write")]
    operator = token_for(Role.OPERATOR, scopes=scopes, expires_in_s=3600)
    with running(service, postgres.app_dsn(service), jwks_url, tmp_path) as url:
        done = subprocess.run(
            [
                str(SCHEMATHESIS),
                "run",
                str(ROOT / "services" / service / "openapi.json"),
                f"--url={url}",
                f"--checks={CHECKS}",
                "--phases=examples,coverage,fuzzing",
                f"--max-examples={EXAMPLES}",
                f"--seed={SEED}",
                "--no-color",
                f"--header=Authorization: Bearer {operator}",
                f"--header=Airlane-Tenant: {new_id('mer')}",
            ],
            cwd=tmp_path,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "SCHEMATHESIS_HOOKS": "tests.kit.schemathesis_hooks",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        failures = done.stdout.partition("= FAILURES =")[2] or done.stdout[-6000:]
        assert done.returncode == 0, failures[:8000] + done.stderr[-2000:]

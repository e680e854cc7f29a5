"""What a page of a list takes by REST: one request after the other, over one connection."""

import itertools
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urlsplit

from deploy.bench.http_ratio import SetupClient
from deploy.bench.rig import Figure, Spread, percentile, process, wait_for
from deploy.engines import free_port
from shared.kernel.identity import PARK

GOAL_MS: Final = 20.0
_OPERATOR: Final = ("operator-bench", "bench-secret-bench-secret-bench-secret")
# The first ones are planned with their values, and read from disk.
_FIRST: Final = 6
_RUNS: Final = 40


class Pages:
    """An operator of the service at `url`, who logs in at the catalog at `issuer`."""

    def __init__(self, url: str, *, issuer: str) -> None:
        self._setup = SetupClient(issuer)
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=60)

    def figures(
        self,
        path: str,
        name: str,
        asked: Mapping[str, object] | Sequence[Mapping[str, object]],
        whose: Mapping[str, str],
        *,
        goes_on: bool = False,
    ) -> Iterator[Figure]:
        """p50, p95 and the longest of a page for each tenant of `whose`. A log-in for each: tokens
        expire. `asked`: the parameters, or several that are taken in turn; `goes_on`: each request
        is for the next page.
        """
        variants = [asked] if isinstance(asked, Mapping) else asked
        for who, tenant in whose.items():
            headers = {"Authorization": f"Bearer {self._setup.log_in(*_OPERATOR)}"}
            if tenant != PARK:
                headers["Airlane-Tenant"] = tenant
            times: list[float] = []
            cursor: str | None = None
            for params in itertools.islice(itertools.cycle(variants), _FIRST + _RUNS):
                query: dict[str, object] = {"limit": 50, **params}
                if goes_on and cursor is not None:
                    query["cursor"] = cursor
                target = f"{path}?{urlencode(query, doseq=True)}"
                took, cursor = self._time_ms(target, headers)
                times.append(took)
            label = f"GET {path}, {name}, {who}"
            counted = times[_FIRST:]
            yield Figure(f"{label}, p50", Spread((percentile(counted, 0.5),)), "ms")
            yield Figure(
                f"{label}, p95",
                Spread((percentile(counted, 0.95),)),
                "ms",
                GOAL_MS,
                higher_is_better=False,
            )
            yield Figure(f"{label}, longest", Spread((max(counted),)), "ms")

    def _time_ms(self, target: str, headers: Mapping[str, str]) -> tuple[float, str | None]:
        """And where the next page begins."""
        started = time.perf_counter()
        self._connection.request("GET", target, headers=dict(headers))
        answer = self._connection.getresponse()
        body = answer.read()
        took = (time.perf_counter() - started) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{target}: {answer.status} {body.decode()}")
        return took, json.loads(body)["next"]


@contextmanager
def catalog(dsn: str, home: Path) -> Iterator[Pages]:
    """The API of catalog on this database."""
    with _catalog(dsn, home) as url:
        yield Pages(url, issuer=url)


@contextmanager
def customs(catalog_dsn: str, dsn: str, home: Path) -> Iterator[Pages]:
    """The API of customs on `dsn`, with tokens of the catalog."""
    with _catalog(catalog_dsn, home) as issuer:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        env = {
            "CUSTOMS_DATABASE_URL": dsn,
            "CUSTOMS_API_PORT": str(port),
            "AIRLANE_ISSUER": issuer,
            "AIRLANE_JWKS_URL": f"{issuer}/.well-known/jwks.json",
        }
        with process("-m", "services.customs", "api", env=env, log=home / "customs.log"):
            wait_for(f"{url}/readyz")
            yield Pages(url, issuer=issuer)


@contextmanager
def _catalog(dsn: str, home: Path) -> Iterator[str]:
    """The address of its API."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = {
        "CATALOG_DATABASE_URL": dsn,
        "CATALOG_API_PORT": str(port),
        "AIRLANE_ISSUER": url,
        "CATALOG_OPERATOR_CLIENT_ID": _OPERATOR[0],
        "CATALOG_OPERATOR_CLIENT_SECRET": _OPERATOR[1],
    }
    with process("-m", "services.catalog", "api", env=env, log=home / "api.log"):
        wait_for(f"{url}/readyz")
        yield url

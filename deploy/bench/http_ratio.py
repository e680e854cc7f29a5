"""Reading and writing a product and placing an order, each against the bare libraries doing the
same.

Each server is one uvicorn process on the same PostgreSQL; rounds alternate, so that changes in the
machine's load affect both. Ours checks a token, sets the tenant, applies row-level security, keeps
metrics and traces, makes the words of a product and its counters, and reserves stock for orders;
the baseline does none of it. Both write an event.
"""

import asyncio
import json
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import asyncpg
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.bench import bare
from deploy.bench.http_client import LoadResult, request_bytes
from deploy.bench.rig import (
    Figure,
    Spread,
    folder,
    http_load,
    make_service,
    postgres,
    process,
    wait_for,
)
from deploy.engines import PostgresServer, free_port

ROUNDS = 5
ROUND_S = 4.0
CONNECTIONS = 32
PRODUCTS = 200
OPERATOR = ("operator-bench", "bench-secret-bench-secret-bench-secret")


class SetupClient:
    """Just enough of a client to create a merchant with products and stock."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.token = ""

    def call(self, method: str, path: str, body: object, **headers: str) -> dict[str, Any]:
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.token}",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                result: dict[str, Any] = json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.read().decode()}") from error
        return result

    def log_in(self, client_id: str, client_secret: str) -> str:
        form = urllib.parse.urlencode(
            {
                "grant_type": "client_credentials",
                "client_id": client_id,
                "client_secret": client_secret,
            }
        )
        with urllib.request.urlopen(self.url + "/oauth/token", form.encode()) as answer:
            self.token = json.loads(answer.read())["access_token"]
        return self.token


def _product(n: int) -> dict[str, object]:
    return {
        "title": {"en": f"Lamp {n}", "zh-CN": f"灯 {n}"},
        "hs_code": "940521",
        "origin_country": "CN",
        "net_weight_g": 900,
        "gross_weight_g": 1000,
        "size_mm": [100, 100, 200],
        "price": {"amount": "12.99", "currency": "GBP"},
        "battery": False,
        "synthetic": True,
    }


def order(n: int, run: int) -> dict[str, object]:
    return {
        "store": "DE",
        "order_number": f"B{run}-{n}",
        "ordered_at": "2026-11-22T10:00:00Z",
        "ship_to": {"country": "DE", "postal_code": "10115"},
        "lines": [_line(1, n, 1, "12.99"), _line(2, n + 7, 2, "9.5")],
    }


def _line(number: int, n: int, quantity: int, amount: str) -> dict[str, object]:
    price = {"amount": amount, "currency": "GBP"}
    sku = f"SKU-{n % PRODUCTS + 1}"
    return {"line": number, "sku": sku, "quantity": quantity, "unit_price": price}


def create_merchant(api: SetupClient) -> tuple[str, str]:
    """A merchant with products and stock; returns its id and its token."""
    api.log_in(*OPERATOR)
    merchant = api.call(
        "POST",
        "/v1/merchants",
        {
            "name": {"en": "Bench Factory", "zh-CN": "基准工厂"},
            "uscc": "91110000600037341L",
            "belt": "home_furnishing",
            "synthetic": True,
        },
    )["id"]
    credential = api.call("POST", "/v1/credentials", {"tenant": merchant, "description": "bench"})
    token = api.log_in(credential["client_id"], credential["client_secret"])
    for n in range(1, PRODUCTS + 1):
        api.call("PUT", f"/v1/products/SKU-{n}", _product(n))
        api.call(
            "POST",
            "/v1/stock-adjustments",
            {
                "sku": f"SKU-{n}",
                "delta": 1_000_000,
                "reason": "received",
                "reference": "bench",
            },
        )
    return merchant, token


async def _make_bare(server: PostgresServer) -> None:
    connection = await asyncpg.connect(server.dsn(database="airlane"))
    try:
        await connection.execute(bare.SCHEMA)
    finally:
        await connection.close()


def _json_request(
    path: str, body: object, token: str | None = None, *, method: str = "POST"
) -> bytes:
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return request_bytes(method, path, headers, json.dumps(body).encode())


def _new_products(run: int, token: str | None = None) -> list[bytes]:
    """More than a round can write."""
    return [
        _json_request(f"/v1/products/N{run}-{n}", _product(n), token, method="PUT")
        for n in range(20_000)
    ]


def _alternate(
    ours: str, theirs: str, requests: dict[str, list[list[bytes]]], home: Path
) -> dict[str, list[LoadResult]]:
    """`requests[side][round]`; a short warm-up, then rounds in turn."""
    results: dict[str, list[LoadResult]] = {"ours": [], "bare": []}
    sides = (("bare", theirs), ("ours", ours))
    for number in range(ROUNDS):
        for side, url in sides if number % 2 else sides[::-1]:
            rounds = requests[side]
            result = http_load(
                url,
                rounds[number % len(rounds)],
                seconds=ROUND_S,
                connections=CONNECTIONS,
                home=home,
            )
            assert not result.failures, (side, result.failures)
            results[side].append(result)
    return results


def _figures(name: str, results: dict[str, list[LoadResult]], goal: float) -> list[Figure]:
    rates = {side: [r.per_s for r in rounds] for side, rounds in results.items()}
    ratios = [a / b for a, b in zip(rates["ours"], rates["bare"], strict=True)]
    p99 = [r.p99_ms for r in results["ours"]]
    return [
        Figure(f"{name}, ours ÷ bare FastAPI + asyncpg", Spread(tuple(ratios)), "ratio", goal),
        Figure(f"{name}, ours", Spread(tuple(rates["ours"])), "requests/s"),
        Figure(f"{name}, bare", Spread(tuple(rates["bare"])), "requests/s"),
        Figure(f"{name}, ours, p99 of {CONNECTIONS} connections", Spread(tuple(p99)), "ms"),
    ]


def measure() -> list[Figure]:
    with folder() as home, postgres(home) as server:
        dsn = asyncio.run(make_service(server, "catalog"))
        asyncio.run(_make_bare(server))
        api_port, bare_port = free_port(), free_port()
        env = {
            "CATALOG_DATABASE_URL": dsn,
            "CATALOG_API_PORT": str(api_port),
            "CATALOG_SIGNING_KEY_FILE": str(signing_key(home)),
            "CATALOG_OPERATOR_CLIENT_ID": OPERATOR[0],
            "CATALOG_OPERATOR_CLIENT_SECRET": OPERATOR[1],
            "AIRLANE_ISSUER": f"http://127.0.0.1:{api_port}",
        }
        ours, theirs = f"http://127.0.0.1:{api_port}", f"http://127.0.0.1:{bare_port}"
        with (
            process("-m", "services.catalog", "api", env=env, log=home / "api.log"),
            process(
                "-m",
                "deploy.bench.bare",
                str(bare_port),
                server.dsn(database="airlane"),
                env={},
                log=home / "bare.log",
            ),
        ):
            wait_for(f"{ours}/readyz")
            wait_for(f"{theirs}/livez")
            _, token = create_merchant(SetupClient(ours))
            return _compare(ours, theirs, token, home)


def _compare(ours: str, theirs: str, token: str, home: Path) -> list[Figure]:
    paths = [f"/v1/products/SKU-{n}" for n in range(1, PRODUCTS + 1)]
    authorised = {"Authorization": f"Bearer {token}"}
    reads = _alternate(
        ours,
        theirs,
        {
            "ours": [[request_bytes("GET", path, authorised) for path in paths]],
            "bare": [[request_bytes("GET", path) for path in paths]],
        },
        home,
    )
    products = _alternate(
        ours,
        theirs,
        {
            "ours": [_new_products(run, token) for run in range(ROUNDS)],
            "bare": [_new_products(run) for run in range(ROUNDS)],
        },
        home,
    )
    # More orders than a round can place, fresh numbers in each: nothing is answered twice.
    orders = [[order(n, run) for n in range(25_000)] for run in range(ROUNDS)]
    writes = _alternate(
        ours,
        theirs,
        {
            "ours": [[_json_request("/v1/orders", o, token) for o in run] for run in orders],
            "bare": [[_json_request("/v1/orders", o) for o in run] for run in orders],
        },
        home,
    )
    return [
        *_figures("read a product", reads, 0.6),
        *_figures("put a new product", products, 0.6),
        *_figures("place an order of two lines", writes, 0.5),
    ]


def signing_key(home: Path) -> Path:
    path = home / "token-signing.pem"
    path.write_bytes(
        Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path

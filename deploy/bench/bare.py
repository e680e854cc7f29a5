"""The baseline: a plain FastAPI + asyncpg application that runs the same statements.

No token, no tenant, no metrics, no idempotency, no events: what a careful developer gets from the
two libraries alone. `python -m deploy.bench.bare PORT DSN`.
"""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import uvicorn
from fastapi import FastAPI, Request, Response

READ = """
    SELECT id, sku, title, hs_code, origin_country, net_weight_g, gross_weight_g, size_mm,
           price_minor, currency, battery, synthetic, version, updated_at
    FROM bench.product WHERE merchant_id = $1 AND sku = $2
"""
INSERT_ORDER = """
    INSERT INTO bench.orders (id, merchant_id, store, order_number, body)
    VALUES ($1, $2, $3, $4, $5)
"""
UPSERT_PRODUCT = """
    INSERT INTO bench.product AS p (id, merchant_id, sku, title, hs_code, origin_country,
        net_weight_g, gross_weight_g, size_mm, price_minor, currency, battery, synthetic, version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)
    ON CONFLICT (merchant_id, sku) DO UPDATE
    SET title = excluded.title, hs_code = excluded.hs_code,
        origin_country = excluded.origin_country, net_weight_g = excluded.net_weight_g,
        gross_weight_g = excluded.gross_weight_g, size_mm = excluded.size_mm,
        price_minor = excluded.price_minor, currency = excluded.currency,
        battery = excluded.battery, synthetic = excluded.synthetic, version = p.version + 1,
        updated_at = now()
"""
INSERT_EVENT = "INSERT INTO bench.outbox (subject, payload) VALUES ($1, $2)"


def create_app(dsn: str) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async def prepare(connection: asyncpg.Connection) -> None:
            await connection.set_type_codec(
                "jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads
            )

        app.state.pool = await asyncpg.create_pool(dsn, min_size=8, max_size=8, init=prepare)
        yield
        await app.state.pool.close()

    app = FastAPI(lifespan=lifespan)

    @app.get("/v1/products/{sku}")
    async def get_product(sku: str, request: Request) -> dict[str, Any]:
        row = await request.app.state.pool.fetchrow(READ, "mer_bench", sku)
        return dict(row)

    @app.put("/v1/products/{sku}", status_code=201)
    async def put_product(sku: str, body: dict[str, Any], request: Request) -> dict[str, Any]:
        price = body["price"]
        async with request.app.state.pool.acquire() as connection, connection.transaction():
            await connection.execute(
                UPSERT_PRODUCT,
                f"prd_{sku}",
                "mer_bench",
                sku,
                body["title"],
                body["hs_code"],
                body["origin_country"],
                body["net_weight_g"],
                body["gross_weight_g"],
                body["size_mm"],
                int(price["amount"].replace(".", "")),
                price["currency"],
                body["battery"],
                body["synthetic"],
            )
            await connection.execute(INSERT_EVENT, f"prd_{sku}", body)
        return {"sku": sku, **body}

    @app.post("/v1/orders", status_code=201)
    async def place_order(body: dict[str, Any], request: Request) -> dict[str, Any]:
        pool = request.app.state.pool
        order_id = f"{body['store']}-{body['order_number']}"
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(
                INSERT_ORDER, order_id, "mer_bench", body["store"], body["order_number"], body
            )
            await connection.execute(INSERT_EVENT, order_id, body)
        return {"id": order_id, **body}

    @app.get("/livez")
    async def livez() -> Response:
        return Response()

    return app


SCHEMA = """
    CREATE SCHEMA bench;
    CREATE TABLE bench.product (
        id text PRIMARY KEY, merchant_id text NOT NULL, sku text NOT NULL, title jsonb NOT NULL,
        hs_code text NOT NULL, origin_country text NOT NULL, net_weight_g integer NOT NULL,
        gross_weight_g integer NOT NULL, size_mm integer[] NOT NULL, price_minor bigint NOT NULL,
        currency text NOT NULL, battery boolean NOT NULL, synthetic boolean NOT NULL,
        version integer NOT NULL, updated_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (merchant_id, sku));
    CREATE TABLE bench.orders (
        id text PRIMARY KEY, merchant_id text NOT NULL, store text NOT NULL,
        order_number text NOT NULL, body jsonb NOT NULL,
        UNIQUE (merchant_id, store, order_number));
    CREATE TABLE bench.outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, subject text NOT NULL,
        payload jsonb NOT NULL);
    INSERT INTO bench.product
    SELECT 'prd_' || n, 'mer_bench', 'SKU-' || n, '{"en": "Lamp", "zh-CN": "灯"}', '940521', 'CN',
           900, 1000, '{100,100,200}', 1299, 'GBP', false, true, 1
    FROM generate_series(1, 1000) AS n;
"""

if __name__ == "__main__":
    uvicorn.run(
        create_app(sys.argv[2]),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="warning",
        access_log=False,
        loop="uvloop",
        http="httptools",
    )

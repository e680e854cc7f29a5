"""Versions of product types: made one after the other, and each read as it was."""

import asyncio
from dataclasses import replace
from typing import Any

from httpx2 import AsyncClient

from services.catalog.repository import types as repository
from services.catalog.use_cases.types import put_type
from shared.db import UnitOfWork
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.kit.transactions import until_somebody_waits
from tests.support.worlds.catalog import a_product_type, a_schema, refused


def pass_all(stored: object, *, is_applied: bool = False) -> None:
    """No preconditions."""


async def test_versions_of_a_type_are_made_one_after_the_other(
    operator: AsyncClient, app: Any, db_for: Any
) -> None:
    path = f"/v1/product-types/t_{new_id('typ')[-12:]}"
    first = await operator.put(path, json=a_product_type())
    code, etag = first.json()["code"], first.headers["etag"]
    db = await db_for("catalog")

    async def second_version(uow: UnitOfWork) -> None:
        stored = await repository.lock_current(uow, code)
        assert stored is not None
        given = replace(stored.type, source="Desk 1")
        await put_type(uow, given=given, check=pass_all, reference=app.state.reference)

    async with db.transaction(PARK) as uow:
        await second_version(uow)
        sent = [
            asyncio.ensure_future(
                operator.put(path, json=a_product_type(source=desk), headers={"If-Match": tag})
            )
            for desk, tag in (("Desk 2", etag), ("Desk 3", "*"))
        ]
        await until_somebody_waits(uow)
    stale, third = await asyncio.gather(*sent)

    refused(stale, 412, "request.precondition_failed")
    assert (third.status_code, third.json()["version"]) == (200, 3)
    for version, source in ((1, "Park office"), (2, "Desk 1"), (3, "Desk 3")):
        read = (await operator.get(path, params={"version": version})).json()
        assert (read["source"], read["is_current"]) == (source, version == 3)


async def test_the_schema_is_that_of_the_newest_version_unless_one_is_named(
    operator: AsyncClient,
) -> None:
    path = f"/v1/product-types/t_{new_id('typ')[-12:]}"
    schemas = [a_schema(), a_schema(lace={"type": "string"}), a_schema(cap={"type": "string"})]
    for schema in schemas:
        known = (await operator.get(path)).status_code == 200
        answer = await operator.put(
            path, json=a_product_type(schema=schema), headers={"If-Match": "*"} if known else {}
        )
        assert answer.is_success, answer.text

    assert (await operator.get(f"{path}/schema")).json() == schemas[-1]
    for version, schema in enumerate(schemas, 1):
        read = await operator.get(f"{path}/schema", params={"version": version})
        assert read.json() == schema

"""Two transactions at once on the variants of one parent: the second waits, and then sees what the
first has done.
"""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from httpx2 import Response

from services.catalog.domain.products.variants import Variant
from services.catalog.repository import parents, products
from services.catalog.use_cases.parents import patch_parent
from services.catalog.use_cases.products import put_product
from shared.db import UnitOfWork
from tests.kit.clock import ManualClock
from tests.kit.transactions import until_somebody_waits
from tests.support.worlds.catalog import (
    Merchant,
    a_parent,
    a_product,
    refused,
)

ANY = {"If-Match": "*"}
BLUE = Variant("WIG", {"colour": "blue"})


async def with_red(merchant: Merchant) -> Merchant:
    """With the parent WIG and its red variant W-1."""
    for path, body in (
        ("/v1/parents/WIG", a_parent()),
        ("/v1/products/W-1", a_variant("red")),
    ):
        answer = await merchant.client.put(path, json=body)
        assert answer.status_code == 201, answer.text
    return merchant


def a_variant(colour: str, **changes: Any) -> dict[str, Any]:
    return a_product(parent_sku="WIG", options={"colour": colour}) | changes


def pass_all(stored: object, *, is_applied: bool = False) -> None:
    """No preconditions."""


async def first_becomes(
    variant: Variant, owner: Merchant, uow: UnitOfWork, app: Any, clock: ManualClock
) -> None:
    """W-1, by a request that has not ended yet."""
    stored = (await products.list_by_sku(uow, tenant=owner.id, skus=["W-1"]))["W-1"]
    await put_product(
        uow,
        tenant=owner.id,
        product=replace(stored.product, variant=variant),
        check=pass_all,
        reference=app.state.reference,
        now=clock.now,
    )


@pytest.mark.parametrize("way", ["put", "batch"])
async def test_of_two_who_want_the_same_options_the_second_is_refused(
    merchant: Merchant, app: Any, catalog_clock: ManualClock, way: str
) -> None:
    owner = await with_red(merchant)
    body = a_variant("blue")
    async with owner.db.transaction(owner.id) as uow:
        await first_becomes(BLUE, owner, uow, app, catalog_clock)
        request = (
            owner.client.put("/v1/products/W-2", json=body)
            if way == "put"
            else owner.client.post(
                "/v1/products:batch", json={"items": [body | {"sku": "W-2"}, a_product(sku="X")]}
            )
        )
        sent = asyncio.ensure_future(request)
        await until_somebody_waits(uow)
    answer = await sent

    if way == "put":
        refused(answer, 422, "catalog.variant.options_taken", "/options")
    else:
        assert [item["status"] for item in answer.json()["items"]] == [422, 201]


async def test_of_two_who_leave_and_take_the_second_gets_what_is_free(
    merchant: Merchant, app: Any, catalog_clock: ManualClock
) -> None:
    owner = await with_red(merchant)
    async with owner.db.transaction(owner.id) as uow:
        await first_becomes(BLUE, owner, uow, app, catalog_clock)
        sent = asyncio.ensure_future(owner.client.put("/v1/products/W-2", json=a_variant("red")))
        await until_somebody_waits(uow)

    assert (await sent).status_code == 201


async def test_a_parent_is_not_deleted_under_a_variant(
    merchant: Merchant, app: Any, catalog_clock: ManualClock
) -> None:
    owner = await with_red(merchant)
    await owner.client.put("/v1/parents/WIG-2", json=a_parent())
    async with owner.db.transaction(owner.id) as uow:
        moved = Variant("WIG-2", {"colour": "red"})
        await first_becomes(moved, owner, uow, app, catalog_clock)
        deleting = asyncio.ensure_future(owner.client.delete("/v1/parents/WIG-2", headers=ANY))
        await until_somebody_waits(uow)

    refused(await deleting, 409, "catalog.parent.in_use")


async def test_a_variant_does_not_come_to_a_parent_that_is_being_deleted(
    merchant: Merchant, catalog_clock: ManualClock
) -> None:
    await merchant.client.put("/v1/parents/WIG", json=a_parent())
    async with merchant.db.transaction(merchant.id) as uow:
        stored = await parents.lock_parent(uow, tenant=merchant.id, sku="WIG")
        assert stored is not None
        sent = asyncio.ensure_future(merchant.client.put("/v1/products/W-1", json=a_variant("red")))
        await until_somebody_waits(uow)
        await parents.delete_parent(uow, stored, now=catalog_clock.now())

    refused(await sent, 422, "catalog.product.unknown_parent", "/parent_sku")


async def test_axes_do_not_change_under_a_variant(
    merchant: Merchant, catalog_clock: ManualClock
) -> None:
    await merchant.client.put("/v1/parents/WIG", json=a_parent())
    async with merchant.db.transaction(merchant.id) as uow:
        await patch_parent(
            uow,
            tenant=merchant.id,
            sku="WIG",
            apply=lambda parent: type(parent)(parent.sku, parent.title, ("length",)),
            check=pass_all,
            now=catalog_clock.now,
        )
        sent = asyncio.ensure_future(merchant.client.put("/v1/products/W-1", json=a_variant("red")))
        await until_somebody_waits(uow)

    refused(await sent, 422, "catalog.variant.option_unknown", "/options/colour")


async def test_patches_and_puts_of_variants_do_not_wait_for_each_other_in_a_circle(
    merchant: Merchant,
) -> None:
    """All take the parent before the product."""
    owner = await with_red(merchant)

    async def change(number: int) -> Response:
        body = a_variant("red", battery=bool(number % 4))
        if number % 2:
            return await owner.client.put("/v1/products/W-1", json=body, headers=ANY)
        return await owner.client.patch(
            "/v1/products/W-1", json={"net_weight_g": 100 + number}, headers=ANY
        )

    answers = await asyncio.gather(*[change(number) for number in range(24)])

    assert {answer.status_code for answer in answers} == {200}


async def test_a_writer_who_does_not_ask_is_stopped_at_the_end(merchant: Merchant) -> None:
    """The constraint behind the question."""
    owner = await with_red(merchant)
    answer = await owner.client.put("/v1/products/W-2", json=a_variant("blue"))
    assert answer.status_code == 201

    with pytest.raises(Exception, match="products_options_ex"):
        async with owner.db.transaction(owner.id) as uow:
            await uow._connection.execute(
                'UPDATE catalog.products SET options = \'{"colour": "red"}\''
                " WHERE tenant_id = $1 AND sku = 'W-2'",
                owner.id,
            )

"""The words of products are written with the products, and only when they change."""

from typing import Any

from services.catalog.jobs import make_search_words
from shared.db import Database
from shared.kafka import JobContext
from shared.kernel.identity import PARK
from tests.kit.clock import ManualClock
from tests.support.worlds.catalog import Merchant, a_product

_WORDS = """
    SELECT words::text, folded, edition, xmin::text AS written_by FROM catalog.product_search
    WHERE product_id = $1
"""


async def _words(db: Database, product_id: str) -> Any:
    async with db.read(PARK) as reader:
        return await reader._connection.fetchrow(_WORDS, product_id)


async def test_a_new_product_has_words(merchant: Merchant) -> None:
    product_id = await merchant.stocked("LAMP-1", 0, title={"en": "Lamp", "zh-CN": "灯"})

    words = await _words(merchant.db, product_id)
    assert words["folded"] == " lamp | 灯 | lamp 1 | lamp1 | 940550 "
    assert f"':of:{merchant.id}'" in words["words"]


async def test_a_change_of_the_price_does_not_touch_the_words(merchant: Merchant) -> None:
    product_id = await merchant.stocked("LAMP-1", 0)
    before = await _words(merchant.db, product_id)

    await merchant.patched("LAMP-1", {"price": {"amount": "3.00", "currency": "GBP"}})
    await merchant.batch("LAMP-1", a_product(net_weight_g=1))

    assert await _words(merchant.db, product_id) == before


async def test_a_change_of_the_title_changes_the_words(merchant: Merchant) -> None:
    product_id = await merchant.stocked("LAMP-1", 0)

    await merchant.patched("LAMP-1", {"title": {"en": "Torch", "zh-CN": None}})
    patched = await _words(merchant.db, product_id)
    await merchant.batch("LAMP-1", a_product(title={"en": "Beacon"}))
    replaced = await _words(merchant.db, product_id)

    assert patched["folded"] == " torch | lamp 1 | lamp1 | 940550 "
    assert replaced["folded"] == " beacon | lamp 1 | lamp1 | 940550 "


async def test_a_deleted_product_has_no_words(merchant: Merchant) -> None:
    product_id = await merchant.stocked("LAMP-1", 0)

    answer = await merchant.client.delete("/v1/products/LAMP-1", headers={"If-Match": "*"})

    assert answer.status_code == 204, answer.text
    assert await _words(merchant.db, product_id) is None


async def test_missing_and_older_words_are_made_again(
    merchant: Merchant, clock: ManualClock
) -> None:
    missing = await merchant.stocked("LAMP-1", 0)
    older = await merchant.stocked("LAMP-2", 0)
    before = [await _words(merchant.db, missing), await _words(merchant.db, older)]
    async with merchant.db.transaction(PARK) as uow:
        await uow._connection.execute(
            "DELETE FROM catalog.product_search WHERE product_id = $1", missing
        )
        await uow._connection.execute(
            "UPDATE catalog.product_search SET folded = '', edition = 0 WHERE product_id = $1",
            older,
        )

    await make_search_words(JobContext(merchant.db, clock))

    after = [await _words(merchant.db, missing), await _words(merchant.db, older)]
    for one, other in zip(before, after, strict=True):
        assert (one["words"], one["folded"]) == (other["words"], other["folded"])
        assert one["edition"] == other["edition"]


async def test_words_of_a_newer_release_are_left_alone(
    merchant: Merchant, clock: ManualClock
) -> None:
    product_id = await merchant.stocked("LAMP-1", 0)
    async with merchant.db.transaction(PARK) as uow:
        await uow._connection.execute(
            "UPDATE catalog.product_search SET edition = 99 WHERE product_id = $1", product_id
        )

    await make_search_words(JobContext(merchant.db, clock))

    assert (await _words(merchant.db, product_id))["edition"] == 99

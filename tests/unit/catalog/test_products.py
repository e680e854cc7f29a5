"""The rules of products."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.products.product import (
    DuplicateInBatch,
    Known,
    Product,
    StoredProduct,
    batch_faults,
    product_problems,
    volume_cm3,
)
from shared.kernel.money import Money

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
KNOWN = Known(frozenset(["670419"]))
PRODUCT = Product(
    sku="WIG-1",
    title={"en": "Wig"},
    hs_code="6704190000",
    origin_country="CN",
    net_weight_g=100,
    gross_weight_g=120,
    size_mm=(300, 200, 50),
    price=Money(4999, "USD"),
    battery=False,
    synthetic=True,
)
BROKEN = replace(PRODUCT, hs_code="670420", origin_country="EU", net_weight_g=121)


def test_a_right_product_has_no_problems() -> None:
    assert product_problems(PRODUCT, KNOWN) == []


def test_every_broken_rule_is_reported() -> None:
    problems = product_problems(BROKEN, KNOWN)

    assert [p.pointer for p in problems] == ["/hs_code", "/origin_country", "/net_weight_g"]


@given(size=st.tuples(*[st.integers(1, 20_000)] * 3), quantity=st.integers(1, 1_000_000))
def test_volume_is_rounded_up_once(size: tuple[int, int, int], quantity: int) -> None:
    mm3 = size[0] * size[1] * size[2] * quantity

    volume = volume_cm3(size, quantity)

    assert (volume - 1) * 1000 < mm3 <= volume * 1000


@given(batch=st.lists(st.tuples(st.sampled_from("ABC"), st.booleans()), max_size=8))
def test_of_a_sku_that_stands_twice_in_a_batch_the_first_good_one_is_saved(
    batch: list[tuple[str, bool]],
) -> None:
    products = [replace(PRODUCT if is_good else BROKEN, sku=sku) for sku, is_good in batch]

    faults = list(batch_faults(products, KNOWN))

    for index, ((sku, is_good), fault) in enumerate(zip(batch, faults, strict=True)):
        if not is_good:
            assert fault is not None
            assert not isinstance(fault, DuplicateInBatch)
        elif (sku, True) in batch[:index]:
            assert isinstance(fault, DuplicateInBatch)
        else:
            assert fault is None


def test_a_change_is_the_next_version_of_the_same_product() -> None:
    stored = StoredProduct("prd_1", "mer_1", PRODUCT, 3, NOW, NOW)
    dearer = replace(PRODUCT, price=Money(5999, "USD"))
    later = NOW + timedelta(hours=1)

    changed = stored.changed_to(dearer, type_version=2, now=later)

    assert changed == StoredProduct("prd_1", "mer_1", dearer, 4, NOW, later, 2)

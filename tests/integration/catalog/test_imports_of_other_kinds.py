"""Stock and orders from files, through the use cases that requests take."""

import pytest

from tests.support.worlds.importing import Importing


async def test_stock_is_counted(importing: Importing) -> None:
    await importing.merchant.stocked("A-1", 3)
    await importing.merchant.stocked("A-2", 5)
    content = "SKU,库存数量\nA-1,10\nA-2,5\nA-9,1\nA-1,x\n".encode()
    body = await importing.done(content, kind="stock")
    rows = body["progress"]["rows"]
    assert (rows["changed"], rows["unchanged"], rows["failed"]) == (1, 1, 2)
    assert await importing.merchant.stock("A-1") == (10, 0)
    codes = {(f["line"], f["code"]) for f in await importing.findings(body["id"])}
    assert codes == {(4, "catalog.product.not_found"), (5, "catalog.cell.not_number")}
    await importing.merchant.ledger_equals_counters()


async def test_differences_of_stock_count_once(importing: Importing) -> None:
    await importing.merchant.stocked("A-1", 3)
    content = "SKU,调整数量\nA-1,4\nA-1,-2\n".encode()
    for changed in (2, 0):
        body = await importing.done(content, kind="stock")
        assert body["progress"]["rows"]["changed"] == changed
    assert await importing.merchant.stock("A-1") == (5, 0)


async def test_a_dry_run_of_stock_changes_nothing(importing: Importing) -> None:
    await importing.merchant.stocked("A-1", 3)
    body = await importing.done(b"SKU,on hand\nA-1,9\n", kind="stock", dry_run="true")
    assert body["progress"]["rows"]["changed"] == 1
    assert await importing.merchant.stock("A-1") == (3, 0)


async def test_rows_with_one_number_are_one_order(importing: Importing) -> None:
    await importing.merchant.stocked("A-1", 9)
    await importing.merchant.stocked("A-2", 9)
    header = "站点,订单号,下单时间(UTC),收货国家,邮编,商品编码,数量,单价,币种"
    at = "2026-11-20 08:00,DE,10115"
    rows = [
        f"DE,N-1,{at},A-1,2,3.00,EUR",
        f"DE,N-1,{at},A-2,1,4.00,EUR",
        f"DE,N-2,{at},A-1,1,3.00,EUR",
        f"DE,N-3,{at},A-9,1,3.00,EUR",
    ]
    content = "\n".join([header, *rows, ""]).encode()
    body = await importing.done(content, kind="orders")
    counts = body["progress"]["rows"]
    assert (counts["new"], counts["failed"]) == (3, 1), str(await importing.findings(body["id"]))
    (found,) = await importing.findings(body["id"])
    assert (found["line"], found["column"]) == (5, "商品编码")
    orders = (await importing.client.get("/v1/orders")).json()["items"]
    assert {one["order_number"] for one in orders} == {"N-1", "N-2"}
    again = await importing.done(content, kind="orders")
    assert again["progress"]["rows"]["unchanged"] == 3


_SHOPIFY = (
    "Name,Financial Status,Currency,Created at,Lineitem quantity,Lineitem price,Lineitem sku,"
    "Shipping Zip,Shipping Country,Cancelled at,Store"
)
_AT = "2026-11-20 08:00:00 +0100"


async def test_further_rows_of_an_order_are_in_its_currency(importing: Importing) -> None:
    """Shopify says in the first row only what is the same for all."""
    await importing.merchant.stocked("A-1", 9)
    rows = [
        f"#1001,paid,EUR,{_AT},2,19.90,A-1,'10115,DE,,DE",
        f"#1001,,,{_AT},1,5.00,A-1,,,,DE",
    ]
    content = "\n".join([_SHOPIFY, *rows, ""]).encode()
    body = await importing.done(content, kind="orders")

    assert body["progress"]["rows"]["new"] == 2, str(await importing.findings(body["id"]))
    (order,) = (await importing.client.get("/v1/orders")).json()["items"]
    assert order["total"] == {"amount": "44.80", "currency": "EUR"}


@pytest.mark.parametrize(
    ("status", "cancelled_at"), [("paid", _AT), ("refunded", ""), ("已取消", "")]
)
async def test_orders_that_were_cancelled_are_not_placed(
    importing: Importing, status: str, cancelled_at: str
) -> None:
    await importing.merchant.stocked("A-1", 9)
    rows = [
        f"#1001,{status},EUR,{_AT},2,19.90,A-1,'10115,DE,{cancelled_at},DE",
        f"#1002,paid,EUR,{_AT},1,5.00,A-1,10115,DE,,DE",
    ]
    body = await importing.done("\n".join([_SHOPIFY, *rows, ""]).encode(), kind="orders")

    assert (2, "import.order_cancelled") in await importing.told(body)
    orders = (await importing.client.get("/v1/orders")).json()["items"]
    assert [one["order_number"] for one in orders] == ["#1002"]


async def test_prices_of_markets(importing: Importing) -> None:
    await importing.merchant.stocked("A-1", 0)
    content = "SKU,站点,价格,币种\nA-1,DE,19.90,EUR\nA-1,FR,x,EUR\nA-9,DE,1.00,EUR\n".encode()
    body = await importing.done(content, kind="prices")
    rows = body["progress"]["rows"]
    assert (rows["changed"], rows["failed"]) == (1, 2), str(await importing.findings(body["id"]))
    prices = (await importing.client.get("/v1/products/A-1/markets/DE/prices")).json()
    assert [one["amount"] for one in prices["prices"]] == ["19.90"]
    again = await importing.done(content, kind="prices")
    assert again["progress"]["rows"]["unchanged"] == 1


async def test_quantities_that_came_in_are_not_taken_for_the_whole_stock(
    importing: Importing,
) -> None:
    await importing.merchant.stocked("A-1", 100)
    body = await importing.done("SKU,数量,原因\nA-1,5,入库\n".encode(), kind="stock")
    assert body["progress"]["rows"]["failed"] == 1
    (found,) = await importing.findings(body["id"])
    assert (found["code"], found["column"], found["value"]) == (
        "catalog.import.stock_reason_of_change", "数量", "5",
    )  # fmt: skip
    assert await importing.merchant.stock("A-1") == (100, 0)
    body = await importing.done("SKU,变动数量,原因\nA-1,5,入库\n".encode(), kind="stock")
    assert await importing.merchant.stock("A-1") == (105, 0)


async def test_stock_of_several_warehouses_is_not_the_last_one(importing: Importing) -> None:
    for sku in ("A-1", "A-2"):
        await importing.merchant.stocked(sku, 1)
    rows = "A-1,深圳,7\nA-2,深圳,4\nA-1,鄂州,5\nA-2,鄂州,4\n"
    content = f"SKU,仓库,库存数量\n{rows}".encode()
    body = await importing.done(content, kind="stock", dry_run=True)
    assert body["progress"]["rows"]["failed"] == 1
    body = await importing.done(content, kind="stock")
    assert body["progress"]["rows"]["failed"] == 1
    found = [f for f in await importing.findings(body["id"]) if f["line"]]
    assert [(f["line"], f["code"]) for f in found] == [(4, "catalog.import.stock_counted_twice")]
    assert await importing.merchant.stock("A-1") == (7, 0)


async def test_order_without_end_is_refused(importing: Importing) -> None:
    header = "站点,订单号,下单时间,国家,邮编,SKU,数量,单价,币种\n"
    row = "DE,O-1,2026-11-20 10:00,DE,01067,A-1,1,9.99,EUR\n"
    body = await importing.done((header + row * 6_000).encode(), kind="orders")
    assert (body["status"], body["failure"]["code"]) == ("failed", "catalog.sheet.too_large")
    assert "one order" in body["failure"]["detail"]


async def test_no_policy_makes_another_price_or_quantity_of_a_row(importing: Importing) -> None:
    await importing.merchant.stocked("A-1", 9)
    prices = "SKU,市场,价格,币种,开始时间,结束时间\nA-1,DE,5,EUR,2026-11-01,2026-02-30\n"
    stock = "SKU,数量,原因\nA-1,5,入库单\n"
    for kind, content in (("prices", prices), ("stock", stock)):
        options = {"kind": kind, "policy": "ignore_failed_fields"}
        body = await importing.done(content.encode(), **options)
        rows = body["progress"]["rows"]
        assert (rows["failed"], rows["changed"]) == (1, 0)
    assert await importing.merchant.stock("A-1") == (9, 0)

"""Values for fields that no column of a file has: given with it, or chosen for its columns."""

import pytest

from tests.support.worlds.catalog import refused
from tests.support.worlds.importing import Importing, a_csv, a_row, csv_of, rows_of


async def test_what_no_column_says_is_given_with_the_file(
    importing: Importing,
) -> None:
    """As the exports of shops have neither a currency nor a country of origin."""
    lacking = {"币种", "原产国"}
    content = csv_of([{k: v for k, v in a_row("C-1").items() if k not in lacking}])
    given = ["price.currency:JPY", "origin_country:中国"]

    body = await importing.done(content.replace(b"12.50", b"1250"), constants=given)

    assert rows_of(body)["new"] == 1, await importing.findings(body["id"])
    product = (await importing.client.get("/v1/products/C-1")).json()
    assert product["price"] == {"amount": "1250", "currency": "JPY"}
    assert product["origin_country"] == "CN"
    columns = (await importing.client.get(f"/v1/imports/{body['id']}/columns")).json()
    assert columns["constants"] == {"price.currency": "JPY", "origin_country": "中国"}
    again = await importing.done(content.replace(b"12.50", b"1250"), constants=given)
    assert again["same_file_as"] == body["id"]
    other = await importing.done(
        content.replace(b"12.50", b"1250"), constants=["price.currency:KRW"]
    )
    assert other["same_file_as"] is None
    assert rows_of(other)["changed"] == 1


@pytest.mark.parametrize(
    ("constant", "code"),
    [
        ("price.currency:?", "catalog.import.constant_unreadable"),
        ("nonsense:1", "catalog.import.target_unknown"),
        (":1", "field.wrong_format"),
        ("sku", "field.wrong_format"),
    ],
)
async def test_constants_that_say_nothing_are_refused(
    importing: Importing, constant: str, code: str
) -> None:
    response = await importing.client.post(
        "/v1/imports",
        params={"kind": "products", "constants": [constant]},
        content=a_csv([a_row("C-1")]),
        headers={"Content-Type": "text/csv"},
    )

    (problem,) = refused(response, 422, "request.invalid")["errors"]
    assert (problem["code"], problem["pointer"]) == (code, "/query/constants/0")


async def test_constants_chosen_for_columns_are_remembered(importing: Importing) -> None:
    content = csv_of([{k: v for k, v in a_row("C-1").items() if k not in {"SKU", "币种"}}])
    body = await importing.done(content)
    assert body["status"] == "needs_mapping", body
    chosen = {"targets": {"品牌": "sku"}, "constants": {"price.currency": "EUR"}}
    await importing.client.put(f"/v1/imports/{body['id']}/columns", json=chosen)
    await importing.work(body["id"])

    await importing.done(content.replace(b"12.50", b"13.50"))

    (product,) = (await importing.client.get("/v1/products")).json()["items"]
    assert product["price"] == {"amount": "13.50", "currency": "EUR"}

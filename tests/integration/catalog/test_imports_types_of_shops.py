"""Files of shops and marketplaces, from the bytes to the products. All are made up; the names of
columns are those of the platforms.
"""

import pytest

from tests.support.worlds.importing import Importing, a_csv, a_row

_GOODS = a_row("M-1")


def _file(**more: str) -> bytes:
    row = _GOODS | more
    return a_csv([row], row)


@pytest.mark.parametrize(
    ("header", "value"),
    [("feed_product_type", "shirt"), ("product_type", "simple"), ("Product Type", "P")],
)
async def test_types_of_a_shop_are_not_those_of_the_park(
    importing: Importing, header: str, value: str
) -> None:
    body = await importing.done(_file(**{header: value}))

    assert body["progress"]["rows"]["new"] == 1, await importing.findings(body["id"])
    codes = {one["code"] for one in await importing.findings(body["id"])}
    assert codes & {"catalog.column.other_types", "catalog.column.unknown"}
    product = (await importing.client.get("/v1/products/M-1")).json()
    assert product["product_type"] is None


async def test_a_type_beside_known_ones_is_a_fault(importing: Importing) -> None:
    rows = [
        a_row("M-1", product_type="wigg"),
        a_row("M-2", product_type="candle_holder"),
    ]
    types = (await importing.client.get("/v1/product-types")).json()["items"]
    rows[1]["product_type"] = types[0]["code"]
    body = await importing.done(a_csv(rows, rows[0]))

    found = [(one["line"], one["code"]) for one in await importing.findings(body["id"])]
    assert (2, "catalog.product.unknown_type") in found

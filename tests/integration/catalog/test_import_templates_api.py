"""Templates through REST: an empty file that is filled in is imported without a question."""

import csv
import io
import zipfile

import pytest
from httpx2 import AsyncClient

from services.catalog.domain.imports.rows import ImportKind
from services.catalog.domain.imports.template import template_columns
from shared.kernel.errors import Locale
from tests.support.worlds.catalog import a_product_type, a_schema, refused
from tests.support.worlds.importing import Importing


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
async def test_a_template_that_was_filled_in_is_imported_without_a_question(
    importing: Importing, operator: AsyncClient, locale: Locale
) -> None:
    code = f"t_template_{locale[:2]}"
    await operator.put(f"/v1/product-types/{code}", json=a_product_type())
    query = {"format": "csv", "locale": locale, "product_type": code}
    answer = await importing.client.get("/v1/import-templates/products", params=query)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="products.csv"'
    columns = template_columns(ImportKind.PRODUCTS, locale, product_type=code, schema=a_schema())
    cells = {one.header: one.example for one in columns} | {"attributes.length_in": "9.5"}
    (names,) = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    row = ",".join(cells[name] for name in names)
    body = await importing.done(answer.content + row.encode())
    assert (body["status"], body["progress"]["rows"]["new"]) == ("done", 1), body
    assert await importing.findings(body["id"]) == []
    product = (await importing.client.get("/v1/products/EXAMPLE-1")).json()
    assert (product["product_type"], product["attributes"]) == (code, {"length_in": 9.5})


async def test_a_workbook_in_the_language_of_the_caller_is_what_is_given_unasked(
    importing: Importing,
) -> None:
    answer = await importing.client.get(
        "/v1/import-templates/stock", headers={"Accept-Language": "zh-CN"}
    )
    assert answer.headers["content-disposition"] == 'attachment; filename="stock.xlsx"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "库存数量" in archive.read("xl/sharedStrings.xml").decode()
    again = await importing.client.get(
        "/v1/import-templates/stock",
        headers={"Accept-Language": "zh-CN", "If-None-Match": answer.headers["etag"]},
    )
    assert again.status_code == 304


async def test_a_type_that_is_none_and_attributes_of_other_kinds_are_refused(
    importing: Importing, operator: AsyncClient
) -> None:
    await operator.put("/v1/product-types/t_of_stock", json=a_product_type())
    for kind, code, problem in (
        ("products", "no_such_type", "catalog.product.unknown_type"),
        ("stock", "t_of_stock", "catalog.import_template.no_attributes"),
    ):
        answer = await importing.client.get(
            f"/v1/import-templates/{kind}", params={"product_type": code}
        )
        body = refused(answer, 422, problem)
        assert body["errors"][0]["pointer"] == "/query/product_type"

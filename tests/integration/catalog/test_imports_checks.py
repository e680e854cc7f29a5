"""What a check says of rows that other rows of the file bear on, however far apart they are."""

import pytest

from services.catalog.use_cases.imports import products as product_rows
from tests.support.worlds.importing import Importing, a_row, csv_of, rows_of


@pytest.mark.parametrize("chunk", [1, 5_000])
async def test_a_check_sees_options_that_an_earlier_row_takes(
    importing: Importing, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(product_rows, "CHUNK_ROWS", chunk)
    rows = [a_row(sku, 款号="V", 颜色="red") for sku in ("V-1", "V-2")]
    body = await importing.done(csv_of(rows), policy="reject_everything")

    assert (body["status"], rows_of(body)["failed"]) == ("failed", 1)
    assert (3, "variant.options_taken") in await importing.told(body)
    assert (await importing.client.get("/v1/products/V-1")).status_code == 404


@pytest.mark.parametrize("chunk", [1, 5_000])
async def test_a_check_sees_options_that_an_earlier_row_leaves(
    importing: Importing, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    await importing.done(csv_of([a_row("W-1", 款号="W", 颜色="red")]))
    monkeypatch.setattr(product_rows, "CHUNK_ROWS", chunk)
    rows = [a_row("W-1", 款号="W", 颜色="blue"), a_row("W-2", 款号="W", 颜色="red")]
    body = await importing.done(csv_of(rows), policy="reject_everything")

    assert (body["status"], rows_of(body)["new"]) == ("done", 1), await importing.told(body)

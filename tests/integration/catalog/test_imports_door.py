"""The door of imports: what is asked wrongly, and how much at once."""

import pytest

from services.catalog.api.imports import results
from shared.http.streams import Streams
from tests.support.worlds.catalog import refused
from tests.support.worlds.importing import Importing, a_csv, a_row


async def test_the_head_of_progress_does_not_wait_for_the_end(importing: Importing) -> None:
    sent = await importing.send(a_csv([a_row("A-1")]))
    answer = await importing.client.head(f"/v1/imports/{sent['id']}/progress")
    assert (answer.status_code, answer.content) == (200, b"")


async def test_a_merchant_follows_so_many_imports_at_once(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = await importing.done(a_csv([a_row("A-1", 单价="?")]))
    monkeypatch.setattr(results, "_FOLLOWED", Streams(at_once=9, of_one=0))
    monkeypatch.setattr(results, "_FILES_SENT", Streams(at_once=9, of_one=0))
    for what in ("progress", "failed-rows"):
        answer = await importing.client.get(f"/v1/imports/{body['id']}/{what}")
        refused(answer, 429, "request.too_many_at_once")
    assert not [path for path in importing.spool.iterdir() if path.suffix == ".part"]


@pytest.mark.parametrize("name", ["a\r\nb", "a\x01b", "\u202eslx.exe", "a\u2028b"])
async def test_names_of_files_have_no_invisible_characters(importing: Importing, name: str) -> None:
    answer = await importing.client.post(
        "/v1/imports",
        params={"kind": "products", "filename": name},
        content=b"SKU\nA-1\n",
        headers={"Content-Type": "text/csv"},
    )
    refused(answer, 422, "field.unseen_character", "/query/filename")


async def test_what_is_wrong_with_columns_has_a_pointer(importing: Importing) -> None:
    sent = await importing.send(a_csv([a_row("A-1")]))
    chosen = {"targets": {"a/b~c": "sku"}, "constants": {"x/y": "1"}}
    answer = await importing.client.put(f"/v1/imports/{sent['id']}/columns", json=chosen)
    assert [one["pointer"] for one in answer.json()["errors"]] == [
        "/targets/a~1b~0c",
        "/constants/x~1y",
    ]

"""Media: fetched from a real server, checked by the worker's job, told over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from aiohttp import web

from services.catalog.clients.media import MediaFetcher
from services.catalog.domain.media.check import BYTES_MAX, Fetched, FetchFault, MediaFacts
from services.catalog.jobs import check_media
from services.catalog.queries.media import list_due
from shared.db import INSTANT, sql
from shared.kafka import JobContext
from shared.kernel.identity import PARK
from shared.net import guarded
from tests.integration.catalog.conftest import NewMerchant
from tests.kit.clock import ManualClock
from tests.support.files import pictures
from tests.support.files.server import FileServer, file_server
from tests.support.worlds.catalog import Merchant, a_parent, a_product, refused

PNG = pictures.a_png(1600, 1200)
_WAITING = sql(
    "SELECT count(DISTINCT tenant_id) FROM catalog.media_checks WHERE next_at <= :now",
    int,
    now=INSTANT,
)


@pytest.fixture
async def server() -> AsyncIterator[FileServer]:
    async with file_server() as served:
        yield served


async def fetched(url: str, *, allow_private: bool = True, timeout_s: float = 5) -> Fetched:
    async with MediaFetcher(timeout_s=timeout_s, allow_private_addresses=allow_private) as fetch:
        return await fetch(url)


async def test_a_file_is_what_its_bytes_say(server: FileServer) -> None:
    server.files = {
        "/a.jpg": PNG,
        "/a.pdf": pictures.A_PDF,
        "/late.png": pictures.a_jpeg(800, 600, before=300_000) + b"x" * 300_000,
    }

    assert await fetched(server.url + "/a.jpg") == Fetched(
        MediaFacts("image/png", len(PNG), 1600, 1200), None, 200
    )
    manual = await fetched(server.url + "/a.pdf")
    assert manual.facts == MediaFacts("application/pdf", len(pictures.A_PDF))
    late = await fetched(server.url + "/late.png")
    assert (late.facts.media_type, late.facts.width, late.facts.height) == ("image/jpeg", 800, 600)


@pytest.mark.parametrize(
    ("held", "fault", "status"),
    [
        (404, FetchFault.REFUSED, 404),
        (503, FetchFault.REFUSED, 503),
        (pictures.A_PAGE, FetchFault.UNKNOWN_TYPE, 200),
        (b"", FetchFault.UNKNOWN_TYPE, 200),
        (PNG[:20], FetchFault.DAMAGED, 200),
    ],
)
async def test_what_is_no_file_is_a_fault(
    server: FileServer, held: bytes | int, fault: FetchFault, status: int
) -> None:
    server.files = {"/x": held}

    found = await fetched(server.url + "/x")

    assert (found.fault, found.http_status) == (fault, status)


async def test_a_file_without_a_length_is_counted(server: FileServer) -> None:
    async def in_pieces(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for start in range(0, len(PNG), 7):
            await response.write(PNG[start : start + 7])
            await asyncio.sleep(0)
        await response.write(b"x" * 1_000_000)
        return response

    server.files = {"/x": in_pieces}

    found = await fetched(server.url + "/x")

    assert found.facts == MediaFacts("image/png", len(PNG) + 1_000_000, 1600, 1200)


@pytest.mark.parametrize("says_so", [True, False])
async def test_a_file_that_is_too_large_is_not_read(server: FileServer, says_so: bool) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        headers = {"Content-Length": str(100 * BYTES_MAX)} if says_so else {}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        while True:
            await response.write(PNG + b"x" * 500_000)
            sent += 500_000
        return response

    server.files = {"/x": endless}

    found = await fetched(server.url + "/x", timeout_s=20)

    assert found.fault is FetchFault.TOO_LARGE
    assert sent < 2 * BYTES_MAX


async def test_what_is_packed_is_not_unpacked(server: FileServer) -> None:
    async def packed(request: web.Request) -> web.StreamResponse:
        assert request.headers["Accept-Encoding"] == "identity"
        return web.Response(body=b"\x1f\x8b" + b"0" * 2000, headers={"Content-Encoding": "gzip"})

    server.files = {"/x": packed}

    assert (await fetched(server.url + "/x")).fault is FetchFault.UNKNOWN_TYPE


async def test_nobody_waits_for_a_server_that_is_silent(server: FileServer) -> None:
    async def silent(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(1)
        return web.Response()

    server.files = {"/x": silent}

    assert (await fetched(server.url + "/x", timeout_s=0.2)).fault is FetchFault.TIMEOUT
    gone = await fetched("http://127.0.0.1:9/x")
    assert gone.fault is FetchFault.UNREACHABLE


async def test_proxies_of_the_environment_are_not_used(
    server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They would connect for us, to wherever the address leads from there."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server.files = {"/a.png": PNG}

    assert (await fetched(server.url + "/a.png")).facts.media_type == "image/png"


async def test_private_addresses_are_not_asked(server: FileServer) -> None:
    server.files = {"/x": PNG}
    port = server.url.rpartition(":")[2]

    for url in (server.url, f"http://localhost:{port}", f"http://[::ffff:127.0.0.1]:{port}"):
        found = await fetched(f"{url}/x", allow_private=False)
        assert found.fault is FetchFault.NOT_PUBLIC, url
    assert server.asked == {}


async def test_a_redirect_leads_to_no_private_address(
    server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if the server itself were public.
    monkeypatch.setattr(guarded, "is_public", lambda address: address == "127.0.0.1")

    def redirect_to(url: str) -> Any:
        async def answer(_: web.Request) -> web.StreamResponse:
            raise web.HTTPFound(url)

        return answer

    server.files = {
        "/private": redirect_to("http://127.0.0.2:1/x"),
        "/file": redirect_to("file:///etc/passwd"),
        "/loop": redirect_to(server.url + "/loop"),
        "/once": redirect_to(server.url + "/x"),
        "/x": PNG,
    }

    found = {path: await fetched(server.url + path, allow_private=False) for path in server.files}

    assert found["/private"].fault is FetchFault.NOT_PUBLIC
    assert found["/file"].fault is FetchFault.UNREACHABLE
    assert found["/loop"].fault is FetchFault.REDIRECTS
    assert found["/once"] == found["/x"]
    assert found["/x"].fault is None
    assert server.asked["/loop"] <= 4


def media(*urls: str, role: str = "gallery") -> list[dict[str, Any]]:
    return [{"url": url, "role": role} for url in urls]


class OnlyHere(MediaFetcher):
    """Other tests name media that are nowhere: nobody is asked for them."""

    async def __call__(self, url: str) -> Fetched:
        if url.startswith("http://127.0.0.1:"):
            return await super().__call__(url)
        return Fetched(fault=FetchFault.UNREACHABLE)


async def looked(merchant: Merchant, clock: ManualClock) -> None:
    """The worker's turn."""
    fetcher = partial(OnlyHere, timeout_s=5, allow_private_addresses=True)
    await check_media(JobContext(merchant.db, clock), fetcher=fetcher)


async def read(merchant: Merchant, sku: str = "A-1") -> list[dict[str, Any]]:
    answer = await merchant.client.get(f"/v1/products/{sku}/media")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["media"])


async def test_media_are_checked_once_they_are_named(
    merchant: Merchant, catalog_clock: ManualClock, server: FileServer
) -> None:
    server.files = {"/1": PNG, "/2": pictures.a_gif(300, 300), "/m": pictures.A_PDF}
    urls = [server.url + path for path in ("/1", "/2", "/m")]
    await merchant.stocked("A-1", 0, media=media(*urls[:2]) + media(urls[2], role="manual"))
    await merchant.stocked("B-1", 0, media=media(urls[0]))
    pending = await read(merchant)
    assert [(one["status"], one["media_type"]) for one in pending] == [("pending", None)] * 3

    await looked(merchant, catalog_clock)

    good, small, manual = await read(merchant)
    assert (good["status"], good["width"], good["height"], good["bytes"]) == (
        "ok",
        1600,
        1200,
        len(PNG),
    )
    assert (small["status"], small["findings"][0]["code"]) == ("failed", "catalog.media.too_small")
    assert (manual["status"], manual["media_type"]) == ("ok", "application/pdf")
    # One address, however many products name it; and each once.
    assert [one["status"] for one in await read(merchant, "B-1")] == ["ok"]
    await looked(merchant, catalog_clock)
    assert server.asked == {"/1": 1, "/2": 1, "/m": 1}
    told = [e for e in await merchant.events() if e["type"] == "catalog.media.checked"]
    assert sorted((e["data"]["url"], e["data"]["status"]) for e in told) == [
        (url, "ok") for url in sorted(urls)
    ]
    assert [e["aggregate_version"] for e in told] == [1, 1, 1]


async def test_what_cannot_be_reached_is_tried_again(
    merchant: Merchant, catalog_clock: ManualClock, server: FileServer
) -> None:
    server.files = {"/1": 503}
    await merchant.stocked("A-1", 0, media=media(server.url + "/1"))
    await looked(merchant, catalog_clock)
    (waiting,) = await read(merchant)
    assert (waiting["status"], waiting["attempts"]) == ("pending", 1)
    assert waiting["next_check_at"] is not None
    server.files = {"/1": PNG}
    await looked(merchant, catalog_clock)
    assert server.asked["/1"] == 1
    catalog_clock.advance(minutes=1)
    await looked(merchant, catalog_clock)
    (good,) = await read(merchant)
    assert (good["status"], good["attempts"], good["next_check_at"]) == ("ok", 2, None)


async def test_a_check_can_be_asked_for(
    merchant: Merchant, catalog_clock: ManualClock, server: FileServer
) -> None:
    server.files = {"/1": 404}
    await merchant.stocked("A-1", 0, media=media(server.url + "/1"))
    await looked(merchant, catalog_clock)
    (failed,) = await read(merchant)
    assert (failed["status"], failed["findings"][0]["code"]) == (
        "failed",
        "catalog.media.refused",
    )
    chinese = await merchant.client.get(
        "/v1/products/A-1/media", headers={"Accept-Language": "zh-CN"}
    )
    assert "404" in chinese.json()["media"][0]["findings"][0]["detail"]
    again = merchant.client.post
    at_once = await again("/v1/products/A-1/media:recheck")
    assert (at_once.status_code, at_once.json()["media"][0]["status"]) == (202, "failed")
    catalog_clock.advance(minutes=1)
    later = await again("/v1/products/A-1/media:recheck")
    assert later.json()["media"][0]["status"] == "pending"
    server.files = {"/1": PNG}
    await looked(merchant, catalog_clock)
    assert [one["status"] for one in await read(merchant)] == ["ok"]
    refused(await again("/v1/products/NONE/media:recheck"), 404, "catalog.product.not_found")


async def test_media_of_overlays_parents_and_batches_are_checked_too(
    merchant: Merchant, catalog_clock: ManualClock, server: FileServer
) -> None:
    server.files = dict.fromkeys(("/o", "/p", "/b", "/patched"), PNG)
    await merchant.stocked("A-1", 0)
    at = "/v1/products/A-1/markets/DE"
    await merchant.client.put(at, json={"media": media(server.url + "/o")})
    await merchant.client.put("/v1/parents/P", json=a_parent(media=media(server.url + "/p")))
    items = [a_product(sku="B-1", media=media(server.url + "/b"))]
    await merchant.client.post("/v1/products:batch", json={"items": items})
    patch = {"media": media(server.url + "/patched")}
    await merchant.client.patch("/v1/products/B-1", json=patch, headers={"If-Match": "*"})

    await looked(merchant, catalog_clock)

    assert server.asked == {"/o": 1, "/p": 1, "/b": 1, "/patched": 1}
    (of_market,) = await read(merchant)
    assert (of_market["market"], of_market["status"]) == ("DE", "ok")
    of_parent = (await merchant.client.get("/v1/parents/P/media")).json()
    assert of_parent["parent_id"].startswith("pnt_")
    assert [(one["market"], one["status"], one["width"]) for one in of_parent["media"]] == [
        (None, "ok", 1600)
    ]
    catalog_clock.advance(minutes=1)
    server.files["/p"] = pictures.a_png(300, 300)
    again = await merchant.client.post("/v1/parents/P/media:recheck")
    assert (again.status_code, again.json()["media"][0]["status"]) == (202, "pending")
    await looked(merchant, catalog_clock)
    (found,) = (await merchant.client.get("/v1/parents/P/media")).json()["media"]
    assert (found["status"], found["findings"][0]["code"]) == ("failed", "catalog.media.too_small")
    refused(await merchant.client.get("/v1/parents/NONE/media"), 404, "catalog.parent.not_found")


async def test_merchants_take_turns(new_merchant: NewMerchant, catalog_clock: ManualClock) -> None:
    many, one = await new_merchant(), await new_merchant()
    dead = media(*(f"https://dead.example/{n}" for n in range(20)))
    for sku in ("A-1", "A-2"):
        await many.stocked(sku, 0, media=dead if sku == "A-1" else media("https://dead.example/x"))
    catalog_clock.advance(seconds=1)
    await one.stocked("B-1", 0, media=media("https://media.example/1", "https://media.example/2"))

    async with many.db.read(PARK) as reader:
        merchants = await reader.fetch_values(_WAITING, now=catalog_clock.now())
        due = await list_due(reader, now=catalog_clock.now(), rows_max=2 * merchants[0])

    # Those of other tests wait, too; each merchant has two turns.
    assert [check.merchant_id for check in due].count(many.id) == 2
    assert [check.url for check in due if check.merchant_id == one.id] == [
        "https://media.example/1",
        "https://media.example/2",
    ]


async def test_an_event_of_a_check_has_what_was_found(
    merchant: Merchant, catalog_clock: ManualClock, server: FileServer
) -> None:
    picture = pictures.a_png(1600, 900)
    server.files = {"/1": picture, "/2": 404}
    urls = [server.url + path for path in server.files]
    await merchant.stocked("A-1", 0, media=media(*urls))

    await looked(merchant, catalog_clock)

    told = [e["data"] for e in await merchant.events() if e["type"] == "catalog.media.checked"]
    of_file = ("status", "fault", "http_status", "media_type", "bytes", "width", "height")
    assert {one["url"]: tuple(one[name] for name in of_file) for one in told} == {
        urls[0]: ("ok", None, 200, "image/png", len(picture), 1600, 900),
        urls[1]: ("failed", "refused", 404, None, None, None, None),
    }

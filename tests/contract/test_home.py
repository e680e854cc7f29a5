"""GET / of every service leads a newcomer, by browser or by program, to everything else."""

import re

import pytest

from shared.contracts.topics import SERVICES
from tests.contract.examples import AllServices


@pytest.mark.parametrize("service", SERVICES)
async def test_a_browser_gets_a_page_whose_links_lead_somewhere(
    service: str, world: AllServices
) -> None:
    client = world.clients[service]
    page = await client.get("/", headers={"Accept": "text/html,application/xhtml+xml;q=0.9"})
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert re.search(r"<script|src=|//(?!127\.0\.0\.1)", page.text) is None, "it must work offline"
    own = re.findall(r'href="(/[^"]*)"', page.text)
    assert {"/docs", "/openapi.json", "/problems", "/readyz", "/metrics"} <= set(own)
    for address in own:
        assert (await client.get(address)).status_code == 200, address


@pytest.mark.parametrize("service", SERVICES)
async def test_a_program_gets_the_same_links(service: str, world: AllServices) -> None:
    client = world.clients[service]
    answer = await client.get("/")
    assert answer.headers["content-type"] == "application/json"
    page = await client.get("/", headers={"Accept": "text/html"})
    assert answer.json()["service"] == service
    assert sorted(answer.json()["links"].values()) == sorted(
        re.findall(r'href="([^"]*)"', page.text)
    )
    assert "Accept" in answer.headers.get_list("vary", split_commas=True)


@pytest.mark.parametrize("service", SERVICES)
async def test_the_documentation_leads_to_the_problems(service: str, world: AllServices) -> None:
    document = (await world.clients[service].get("/openapi.json")).json()
    assert "](/problems)" in document["info"]["description"]

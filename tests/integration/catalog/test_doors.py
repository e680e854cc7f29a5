"""The doors for a product have one validation: what PUT says of a document, a batch, an event and a
file say, too.
"""

import copy
import json
from random import Random
from typing import Any

import pytest

from services.catalog.worker import SUBSCRIPTIONS, Intake
from shared.kernel.identity import PARK
from tests.kit.clock import ManualClock
from tests.kit.intake import intake
from tests.support.events.envelopes import enveloped
from tests.support.events.erp.products import a_product_submitted
from tests.support.worlds.catalog import Merchant, a_product
from tests.support.worlds.importing import Importing

Document = dict[str, Any]
Findings = list[tuple[str, str]]

_FULL: Document = a_product(
    title={"en": "Candle holder", "zh-CN": "烛台", "de": "Kerzenhalter"},
    gtin="6901234567892",
    brand="Ezhou Lamps",
    material="Iron",
    description={"en": "Two lines:\nthe second."},
    highlights={"en": ["Hand made"]},
    warnings={"de": ["Heiß."]},
    media=[{"url": "https://media.example/1.jpg", "role": "main", "alt": {"en": "Front"}}],
    classifications=[{"scheme": "CN", "code": "9405500000", "confidence": 0.5}],
)
# Values that some field refuses, and some that it does not.
_VALUES: tuple[Any, ...] = (
    *(
        None,
        "",
        " ",
        "x",
        "x" * 201,
        "a\u202eb",
        "a\tb",
        "İZMİR",
        "９４０５５０",
        "940550",
        "000000",
    ),
    *(0, 1, -1, 1.5, 2.0, 10_000_001, 2**70, True, False, [], {}, [1, 2, 3], ["a"], {"en": "a"}),
    *({"zh-CN": "灯"}, {"en": "a", "EN": "b"}, {"xx_yy": "a", "en": "b"}, {"amount": "1.234"}),
    *({"amount": "1", "currency": "XYZ"}, {"amount": "12.5", "currency": "JPY"}),
    *("6901234567893", "2012345678903", "wig", "NO-SUCH", "CN", "ZZ", "javascript:alert(1)"),
)


def _places(node: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place of a document, from the outside in."""
    found = [at] if at else []
    if isinstance(node, dict):
        for name, value in node.items():
            found += _places(value, (*at, name))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            found += _places(value, (*at, index))
    return found


def _changed(document: Document, chance: Random) -> Document:
    """The document with one to three places replaced, removed or added."""
    changed = copy.deepcopy(document)
    for _ in range(chance.randint(1, 3)):
        place = chance.choice(_places(changed))
        node: Any = changed
        for step in place[:-1]:
            node = node[step]
        match chance.choice(["replace", "replace", "remove", "add"]):
            case "replace":
                node[place[-1]] = copy.deepcopy(chance.choice(_VALUES))
            case "remove":
                del node[place[-1]]
            case _:
                names = ["parent_sku", "options", "product_type", "attributes", "nonsense", "sku"]
                changed[chance.choice(names)] = copy.deepcopy(chance.choice(_VALUES))
        if not changed:
            return changed
    return changed


async def _by_form(merchant: Merchant, sku: str, document: Document) -> Findings:
    answer = await merchant.client.put(f"/v1/products/{sku}", content=json.dumps(document))
    if answer.is_success:
        return []
    return sorted((one["pointer"], one["code"]) for one in answer.json()["errors"])


async def _by_batch(merchant: Merchant, sku: str, document: Document) -> Findings:
    body = json.dumps({"items": [{**document, "sku": sku}]})
    answer = await merchant.client.post("/v1/products:batch", content=body)
    assert answer.status_code == 207, answer.text
    (item,) = answer.json()["items"]
    if "error" not in item:
        return []
    return sorted((one["pointer"], one["code"]) for one in item["error"]["errors"])


async def _by_event(
    merchant: Merchant, clock: ManualClock, sku: str, document: Document
) -> Findings:
    payload = a_product_submitted(merchant_id=merchant.id, sku=sku, document=document)
    sent = enveloped(payload)
    async with merchant.db.transaction(PARK) as uow:
        await intake(SUBSCRIPTIONS, Intake(), clock)(uow, [sent])
    refusals = [e["data"] for e in await merchant.events(sent.id)]
    return sorted((f["pointer"], f["code"]) for data in refusals for f in data["findings"])


async def _by_file(importing: Importing, documents: dict[str, Document]) -> dict[str, Findings]:
    """All of them in one file of NDJSON."""
    lines = [json.dumps({**document, "sku": sku}) for sku, document in documents.items()]
    # A form does not make parents, either.
    body = await importing.done("\n".join(lines).encode(), parents="require")
    found: dict[str, Findings] = {sku: [] for sku in documents}
    skus = list(documents)
    for finding in await importing.findings(body["id"]):
        if finding["severity"] == "error":
            found[skus[finding["line"] - 1]].append((_pointer(finding["field"]), finding["code"]))
    return {sku: sorted(findings) for sku, findings in found.items()}


def _content(shown: Document) -> Document:
    own = ("id", "sku", "created_at", "updated_at", "version")
    return {name: value for name, value in shown.items() if name not in own}


def _pointer(path: str) -> str:
    """A field of a file as a place in the document: size_mm.0 is /size_mm/0."""
    return "/" + path.replace(".", "/") if path else ""


@pytest.mark.parametrize("seed", range(3))
async def test_every_door_says_the_same(
    merchant: Merchant, importing: Importing, catalog_clock: ManualClock, seed: int
) -> None:
    chance = Random(seed)
    documents = {}
    for number in range(40):
        document = _changed(_FULL, chance)
        # A SKU belongs to the address of a form, and to the item of a batch.
        document.pop("sku", None)
        documents[f"D-{number}"] = document
    by_file = await _by_file(importing, {f"{s}-L": one for s, one in documents.items()})
    merchant.client.headers["Content-Type"] = "application/json"

    refused = 0
    for sku, document in documents.items():
        by_form = await _by_form(merchant, f"{sku}-F", document)
        by_batch = await _by_batch(merchant, f"{sku}-B", document)
        by_event = await _by_event(merchant, catalog_clock, f"{sku}-E", document)

        shown = json.dumps(document, ensure_ascii=False)
        assert by_form == by_batch == by_event, shown
        assert by_form == by_file[f"{sku}-L"], shown
        refused += bool(by_form)
        if not by_form:
            stored = [
                _content((await merchant.client.get(f"/v1/products/{sku}-{door}")).json())
                for door in "FBEL"
            ]
            assert stored[0] == stored[1] == stored[2] == stored[3]
    assert 0 < refused < 40, "the test must see both"

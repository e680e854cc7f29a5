"""Overlays of products whose type has changed since."""

from httpx2 import AsyncClient

from shared.kernel.ids import new_id
from tests.support.worlds.catalog import Merchant, a_product, a_product_type, refused

ANY = {"If-Match": "*"}


async def test_a_product_of_another_type_can_leave_a_market(
    merchant: Merchant, operator: AsyncClient
) -> None:
    code = f"t_{new_id('typ')[-12:]}"
    await operator.put(f"/v1/product-types/{code}", json=a_product_type())
    typed = a_product(product_type=code, attributes={"length_in": 20})
    await merchant.client.put("/v1/products/A-1", json=typed)
    attributes = {"length_in": 30}
    path = "/v1/products/A-1/markets/DE"
    await merchant.client.put(path, json={"status": "active", "attributes": attributes})
    await merchant.patched("A-1", {"product_type": None, "attributes": None})

    left = await merchant.client.patch(path, json={"status": "withdrawn"}, headers=ANY)
    again = await merchant.client.put(
        path, json={"status": "withdrawn", "attributes": attributes}, headers=ANY
    )
    other = await merchant.client.patch(path, json={"attributes": {"length_in": 31}}, headers=ANY)

    assert (left.status_code, left.json()["status"]) == (200, "withdrawn")
    assert (again.status_code, again.json()) == (200, left.json())
    refused(other, 422, "catalog.product.attributes_without_type", "/attributes")
    cleared = await merchant.client.patch(path, json={"attributes": None}, headers=ANY)
    assert (cleared.status_code, cleared.json()["attributes"]) == (200, {})

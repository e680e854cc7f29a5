"""Lines to paste into a shell: a token, and things to look at with it. Plain sh, and curl."""

from collections.abc import Mapping

from deploy.sandbox.park import Credential


def token_line(catalog_url: str, client_id: str, client_secret: str) -> str:
    """Sets TOKEN. The answer is one line of JSON."""
    return (
        f"TOKEN=$(curl -s {catalog_url}/oauth/token -d grant_type=client_credentials "
        f"-d client_id={client_id} -d client_secret={client_secret} "
        """| sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/')"""
    )


def first_steps(url: Mapping[str, str], merchant: Credential) -> str:
    """`url` by service. With the merchant's token; the README goes on from there."""
    token = token_line(url["catalog"], merchant.client_id, merchant.client_secret)
    lines = [
        ("the merchant's products", f"{url['catalog']}/v1/products?limit=3"),
        ("flights from the park", f"{url['routing']}/v1/flights?origin=EHU&limit=3"),
    ]
    return _block("Try, as the merchant; the README has more:", token, lines)


def after_the_day(order_id: str | None, url: Mapping[str, str], operator: Credential) -> str:
    """With the operator's token, who may see everything. `order_id`: one that was delivered."""
    token = token_line(url["catalog"], operator.client_id, operator.client_secret)
    lines = [
        ("what customs holds, and why", f"{url['catalog']}/v1/orders?status=held&limit=3"),
        ("flights with goods aboard", f"{url['routing']}/v1/flights?booked=true&limit=3"),
        ("the three security lanes", f"{url['customs']}/v1/lanes"),
        ("the park in figures", f"{url['analytics']}/v1/kpis"),
    ]
    if order_id:
        lines.insert(0, ("an order's whole way", f"{url['catalog']}/v1/orders/{order_id}"))
    return _block("Try, as the operator:", token, lines)


def _block(title: str, token: str, lines: list[tuple[str, str]]) -> str:
    curls = [
        f"    curl -s -H \"Authorization: Bearer $TOKEN\" '{address}'   # {what}"
        for what, address in lines
    ]
    return "\n".join(["", f"  {title}", f"    {token}", *curls])

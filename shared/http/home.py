"""GET /: links to everything else, as a page for browsers and as JSON for other clients."""

from html import escape
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from shared.http.replies import json_bytes, json_reply

# Path, name in JSON, text on the page.
_LINKS: Final = (
    ("/docs", "docs", "Documentation to read and try out"),
    ("/openapi.json", "openapi", "The contract as an OpenAPI document"),
    ("/problems", "problems", "Every code an error can have, and what to do about it"),
    ("/livez", "live", "Does the process live?"),
    ("/readyz", "ready", "Can it work?"),
    ("/metrics", "metrics", "Figures for Prometheus"),
)
_TOKENS: Final = "/.well-known/oauth-authorization-server"
# Accept decides which of the two formats is sent.
_VARY: Final = {"vary": "Accept"}

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; \
padding: 0 1rem }}</style>
</head>
<body>
<h1>{title}</h1>
<p>{description}</p>
<ul>
{links}
</ul>
</body>
</html>
"""


def home_of(*, service: str, description: str, issuer: str) -> APIRouter:
    """`issuer` is the address of the issuer of the tokens that this service accepts."""
    links = [*_LINKS, (issuer + _TOKENS, "tokens", "Where access tokens are issued")]
    page = _PAGE.format(
        title=escape(f"Airlane {service}"),
        description=escape(description),
        links="\n".join(
            f'<li><a href="{escape(address)}">{escape(words)}</a></li>'
            for address, _, words in links
        ),
    )
    data = json_bytes(
        {
            "service": service,
            "description": description,
            "links": {name: address for address, name, _ in links},
        }
    )
    home = APIRouter(include_in_schema=False)

    @home.get("/")
    async def show_links(request: Request) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(page, headers=_VARY)
        return json_reply(data, headers=_VARY)

    return home

"""Vetting an endpoint's address before it is stored; the sender checks again at every connect."""

from services.webhooks.clients.http_sender import resolve
from services.webhooks.domain.url import parse_url, refuse_private


async def vet_url(raw: str, *, allow_private_addresses: bool) -> str:
    """The normal form. Raises UrlNotUsable, UrlNotPublic.

    A name that does not resolve now is accepted: it may be announced before it is set up, and
    nothing is sent before it passes the guard at the socket.
    """
    url = parse_url(raw)
    if not allow_private_addresses:
        addresses = [url.host] if url.is_literal else await resolve(url.host)
        refuse_private(addresses)
    return url.text

"""Failed log-ins, counted so that guessing is slow and nobody can be locked out.

They count for an address and the client it names, and for the address; never for a client alone:
else a stranger could keep a merchant from logging in by failing in its name. A right secret costs
nothing. Secrets are random and long, so what is held back here is load, not luck.
"""

from typing import Final

from services.catalog.domain.credentials.token import TooManyLogIns
from shared.http.rates import Policy, Rates
from shared.telemetry import metrics

_CLIENT_CHARS: Final = 64


class LogIns:
    """Of one process. Behind a proxy, addresses are those it forwards (FORWARDED_ALLOW_IPS)."""

    def __init__(self) -> None:
        self._of_client = Rates(Policy("failed log-ins of a client", 10, 60.0))
        self._of_address = Rates(Policy("failed log-ins of an address", 100, 60.0))

    def check(self, address: str, client_id: str) -> None:
        """Raises TooManyLogIns."""
        wait_s = max(
            self._of_client.wait_s(f"{address} {client_id[:_CLIENT_CHARS]}"),
            self._of_address.wait_s(address),
        )
        if wait_s:
            metrics.HTTP_LIMITED.labels("log_in").inc()
            raise TooManyLogIns(wait_s)

    def failed(self, address: str, client_id: str) -> None:
        self._of_client.take(f"{address} {client_id[:_CLIENT_CHARS]}")
        self._of_address.take(address)

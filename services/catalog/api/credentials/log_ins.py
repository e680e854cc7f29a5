"""Failed log-ins are counted, so that guessing is slow.

They count for the address and for the address with the client id it sent, never for a client id
alone: otherwise a stranger could lock a merchant out by failing in its name. Successful log-ins do
not count. Secrets are long and random, so this limits load rather than guessing.
"""

from typing import Final

from services.catalog.domain.credentials.token import TooManyLogIns
from shared.http.rates import Policy, Rates
from shared.telemetry import metrics

_CLIENT_CHARS: Final = 64


class LogIns:
    """Counts of one process. Behind a proxy, set FORWARDED_ALLOW_IPS to see clients' addresses."""

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

"""The park as the sandbox reaches it: one client per service, and the credentials to use there."""

from dataclasses import dataclass
from typing import Final

from deploy.sandbox.api_client import HttpPool, ServiceClient, TokenSource
from deploy.sandbox.settings import SandboxSettings

OPERATOR_TENANT: Final = "park"


@dataclass(frozen=True)
class Credential:
    """`tenant`: on whose behalf it acts."""

    client_id: str
    client_secret: str
    tenant: str


class SeededPark:
    """A park with merchants, a partner and credentials. `merchant_ids` in the order of
    `merchants.companies`, `belts` by merchant id."""

    def __init__(self, settings: SandboxSettings, pool: HttpPool) -> None:
        self.settings, self.pool = settings, pool
        operator = Credential(settings.operator_id, settings.operator_secret, OPERATOR_TENANT)
        self.credentials = {"operator": operator}
        self.merchant_ids: list[str] = []
        self.belts: dict[str, str] = {}
        self._tokens: dict[Credential, TokenSource] = {}

    def tokens(self, credential: Credential) -> TokenSource:
        """One for each credential, so that its token is used for as long as it is valid."""
        if credential not in self._tokens:
            self._tokens[credential] = TokenSource(
                self.pool,
                self.settings.url["catalog"],
                credential.client_id,
                credential.client_secret,
            )
        return self._tokens[credential]

    def client(self, service: str, who: str = "operator") -> ServiceClient:
        """`who`: whose credential is used."""
        tokens = self.tokens(self.credentials[who])
        return ServiceClient(self.pool, self.settings.url[service], tokens)

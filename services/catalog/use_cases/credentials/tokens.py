"""Client credentials to access tokens (RFC 6749 §4.4). Who gets which is decided in
`domain.credentials.token`; how they are signed is in `signing_keys`.
"""

from dataclasses import dataclass
from datetime import datetime

from services.catalog.domain.credentials.token import (
    BootstrapOperator,
    Client,
    authenticated,
    granted_scopes,
)
from services.catalog.repository.credentials import find_client
from services.catalog.use_cases.credentials.signing_keys import LIFETIME_S, SigningKey
from shared.db import Reader
from shared.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class IssuedToken:
    access_token: str
    expires_in_s: int
    scope: str


async def authenticate(
    reader: Reader,
    *,
    client_id: str,
    client_secret: str,
    operator: BootstrapOperator | None,
    real_now: datetime,
) -> Client:
    """Raises InvalidClient. `reader` must be park-wide: the tenant is not known yet."""
    # Looked up in any case, so that the response time does not reveal the operator's id.
    known = await find_client(reader, client_id=client_id)
    if operator is not None and client_id == operator.client_id:
        known = operator.known()
    return authenticated(known, client_id=client_id, client_secret=client_secret, now=real_now)


def issue_token(
    client: Client,
    *,
    scope: str | None,
    key: SigningKey,
    issuer: str,
    audience: str | None,
    real_now: datetime,
) -> IssuedToken:
    """All of the client's scopes, or those asked for. Raises InvalidScope."""
    granted = granted_scopes(client, scope)
    issued_at = int(real_now.timestamp())
    claims: dict[str, object] = {} if audience is None else {"aud": audience}
    claims |= {
        "iss": issuer,
        "sub": client.client_id,
        "tenant": client.tenant,
        "roles": [client.role.value],
        "scope": granted,
        "iat": issued_at,
        "exp": issued_at + LIFETIME_S,
        "jti": new_id("tok"),
    }
    return IssuedToken(key.sign(claims), LIFETIME_S, granted)

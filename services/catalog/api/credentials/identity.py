"""What issuing tokens and secrets needs. The app makes it once."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from services.catalog.api.credentials.log_ins import LogIns
from services.catalog.domain.credentials.token import BootstrapOperator
from services.catalog.use_cases.credentials.signing_keys import SigningKeys


@dataclass(frozen=True)
class Identity:
    """`operator` is the first one, who exists without a row."""

    keys: SigningKeys
    issuer: str
    audience: str | None
    operator: BootstrapOperator | None
    environment: str
    log_ins: LogIns = field(default_factory=LogIns)


async def _identity(request: Request) -> Identity:
    identity: Identity = request.app.state.identity
    return identity


Identities = Annotated[Identity, Depends(_identity)]

"""Credentials and tokens, as REST clients see them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from services.catalog.domain.credentials.credential import Credential
from services.catalog.use_cases.credentials.credentials import Issued
from shared.documents.fields import Body
from shared.documents.text import Line

Scope = Annotated[str, StringConstraints(pattern=r"^[a-z]+:[a-z]+$")]


class CredentialIn(Body):
    tenant: Annotated[str, StringConstraints(pattern=r"^([a-z]{3}_[0-9a-f]{32}|park)$")] | None = (
        Field(
            default=None,
            description="Merchant or partner id; park for an operator. Merchants may leave it out.",
        )
    )
    description: Line = Field(examples=["order import of our shop"])
    scopes: list[Scope] | None = Field(
        default=None,
        max_length=20,
        description="If left out, all that the tenant may have and the calling token holds.",
    )


class CredentialIssuedOut(BaseModel):
    """The only answer that ever holds the secret."""

    client_id: str = Field(examples=["cli_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"])
    client_secret: str = Field(examples=["airlane_local_5f0c…"])
    tenant: str
    scopes: list[str]


class CredentialOut(BaseModel):
    client_id: str
    tenant: str
    role: str
    description: str
    scopes: list[str]
    created_at: datetime
    previous_secret_until: datetime | None


def credential_out(credential: Credential) -> dict[str, object]:
    return {
        "client_id": credential.client_id,
        "tenant": credential.tenant,
        "role": credential.role.value,
        "description": credential.description,
        "scopes": credential.scopes,
        "created_at": credential.created_at,
        "previous_secret_until": credential.previous_expires_at,
    }


def issued_out(issued: Issued) -> dict[str, object]:
    return {
        "client_id": issued.credential.client_id,
        "client_secret": issued.client_secret,
        "tenant": issued.credential.tenant,
        "scopes": issued.credential.scopes,
    }


class TokenOut(BaseModel):
    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - a type, no secret
    expires_in: int = Field(description="Seconds.")
    scope: str


class TokenRefusedOut(BaseModel):
    """RFC 6749 §5.2: this endpoint speaks OAuth, not problem+json."""

    error: str
    error_description: str

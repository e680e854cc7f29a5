"""Credentials and tokens, as REST clients see them."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from shared.http.fields import Body
from shared.http.text import Line

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
        description="All that the tenant may have and the asking token holds, if left out.",
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


def credential_out(row: Any) -> dict[str, Any]:
    return {
        "client_id": row["client_id"],
        "tenant": row["tenant_id"],
        "role": row["role"],
        "description": row["description"],
        "scopes": row["scopes"],
        "created_at": row["created_at"],
        "previous_secret_until": row["previous_expires_at"],
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

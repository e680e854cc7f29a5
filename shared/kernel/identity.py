"""Who acts: the checked claims of an access token, as use cases and queries see them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# The scope of the park itself: operators reading across merchants, workers running jobs.
# Row-level security lets it through; it is never a value that a request can supply.
PARK: Final = "*"

# The tenant of operators in tokens and of the park's own rows and events. Never PARK itself.
PARK_TENANT: Final = "park"


class Role(StrEnum):
    MERCHANT = "merchant"
    PARTNER = "partner"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Principal:
    """`tenant` is the merchant or partner id of the token (operators: the park's id).

    `acts_as` is the tenant whose rows this request may touch: the token's own, or, for an
    operator, the one named in the Airlane-Tenant header, or PARK for reads across all.
    """

    subject: str
    tenant: str
    role: Role
    scopes: frozenset[str]
    acts_as: str

    @property
    def is_operator(self) -> bool:
        return self.role is Role.OPERATOR

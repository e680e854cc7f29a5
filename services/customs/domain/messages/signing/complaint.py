"""What customs found fault with: the signatures of a key."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class KeyComplaint:
    """`trusted_at`: an operator has seen to it; None: the key signs nothing."""

    key_name: str
    reason: str
    distrusted_at: datetime
    trusted_at: datetime | None

"""The port: who signs messages."""

from collections.abc import Mapping
from typing import Protocol

from services.customs.domain.messages.parties import Party
from services.customs.domain.messages.signing.signature import Signature


class Signer(Protocol):
    async def sign(self, body: str, *, holder: Party) -> Signature:
        """By a key of `holder`: agentCode and agentName of the documents, or copCode and copName
        where the documents name no declarant. `signed(body, signature)` is what may leave then.

        Raises MessageAlreadySigned, NoKeyOfParty, NoUsableKey, SignerBusy, SigningTimedOut.
        """
        ...

    def has_key_of(self, party: Party) -> bool:
        """Whether any key, usable or not, is that party's."""
        ...

    def keep_distrusted(self, reasons: Mapping[str, str]) -> None:
        """All keys that sign nothing, by name, and why: as they are stored."""
        ...

"""The port: who signs messages."""

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

"""A door that does as it is told."""

from services.customs.clients.doors.door import DeliveredMessage
from shared.kernel.ids import new_id


class ScriptedDoor:
    """Does what it is told, and remembers what it took. `fails_at`: only messages with these
    bytes fail.
    """

    def __init__(self) -> None:
        self.name = f"t{new_id('dor')[-12:]}"
        self.failure: Exception | None = None
        self.fails_at = b""
        self.tried: list[str] = []
        self.taken: list[bytes] = []

    async def deliver(self, message: DeliveredMessage) -> None:
        self.tried.append(message.guid)
        if self.failure is not None and self.fails_at in message.body:
            raise self.failure
        self.taken.append(message.body)

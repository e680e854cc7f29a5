"""The folder of a transfer client as a door: it picks up what appears in `out/`."""

import asyncio
from collections.abc import Callable
from typing import Final

from services.customs.clients.doors.door import DeliveredMessage, DoorDown, readable
from services.customs.clients.single_window import DropFolder

Wrap = Callable[[DeliveredMessage], bytes]
FOLDER: Final = "folder"


def bare(message: DeliveredMessage) -> bytes:
    """The message as it is, for the port's own client software."""
    return message.body


class FolderDoor:
    """`out/<guid>.xml`, whole or not at all. `wrap`: what the file holds of a message."""

    name = FOLDER

    def __init__(self, folder: DropFolder, *, wrap: Wrap = bare) -> None:
        self._folder = folder
        self._wrap = wrap

    async def deliver(self, message: DeliveredMessage) -> None:
        content = self._wrap(message)
        try:
            await asyncio.to_thread(self._folder.write, message.guid, content)
        except OSError as error:
            reason = readable(f"{type(error).__name__}: {error}")
            raise DoorDown(door=self.name, reason=reason) from error

"""A way to the port, whatever it is made of."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, Protocol

from services.customs.domain.receipts.retry import Retry
from shared.kernel.errors import Invalid, Text, Unavailable

_REASON_CHARS_MAX: Final = 500


class DoorDown(Unavailable):
    """The door failed, not the message: the same message may leave by it later."""

    code = "customs.door.down"
    text = Text("The door {door} does not work: {reason}.", "通道 {door} 不可用：{reason}。")


class DeliveryRefused(Invalid):
    """The other side will not take this message, however often it is sent."""

    code = "customs.door.refused"
    text = Text(
        "The port's side of the door {door} refused the message: {reason}.",
        "通道 {door} 的对端拒收该报文：{reason}。",
    )
    fix = Text("Correct what it names, and send it anew.", "请按原因更正后重新发送。")
    retry: ClassVar[Retry] = Retry.UNDELIVERABLE


class DeliveryTooLarge(DeliveryRefused):
    """It may be taken in pieces."""

    code = "customs.door.too_large"
    text = Text(
        "The message is too large for the port's side of the door {door}: {reason}.",
        "报文超过通道 {door} 对端的大小上限：{reason}。",
    )
    fix = Text("Send fewer documents in a message.", "请减少单条报文的单证数量。")
    retry = Retry.TOO_MUCH


@dataclass(frozen=True, slots=True)
class DeliveredMessage:
    """`guid`: of the root, in capitals. `body`: the message, byte for byte. `dxp_id`: the address
    of the client that it leaves by; empty for messages of earlier releases.
    """

    guid: str
    message_type: str
    body: bytes
    composed_at: datetime
    dxp_id: str


class Door(Protocol):
    @property
    def name(self) -> str:
        """Names its breaker, too: all workers share one for each door."""
        ...

    async def deliver(self, message: DeliveredMessage) -> None:
        """Durable on the other side when it returns. Sent again, the same guid is the same message.

        Raises DoorDown, DeliveryRefused.
        """
        ...


def readable(reason: str) -> str:
    """One line of bounded length, whatever the other side answered."""
    line = " ".join("".join(c if c.isprintable() else " " for c in reason[:2_000]).split())
    return line if len(line) <= _REASON_CHARS_MAX else f"{line[:_REASON_CHARS_MAX]}…"

"""Messages in a DxpMsg, for those who develop their own client of the terminal layer."""

from typing import Final

from services.customs.clients.doors.door import DeliveredMessage, DeliveryRefused
from services.customs.clients.doors.folder import Wrap
from services.customs.domain.messages.envelope import Envelope, transfer_faults, write_envelope

# The same bytes every time it is delivered: nothing in it is of the moment.
_NAME: Final = "envelope"


def enveloped(receiver: str) -> Wrap:
    """`receiver`: the port's address. Raises DeliveryRefused for an address that does not fit."""

    def wrap(message: DeliveredMessage) -> bytes:
        envelope = Envelope(
            cop_msg_id=message.guid,
            sender_id=message.dxp_id,
            receiver_ids=(receiver,),
            created_at=message.composed_at,
            message_type=message.message_type,
            data=message.body,
            file_name=f"{message.guid}.xml",
        )
        faults = transfer_faults(envelope)
        if faults:
            reason = "; ".join(f"{fault.place} {fault.problem}" for fault in faults)
            raise DeliveryRefused(door=_NAME, reason=reason)
        return write_envelope(envelope).encode()

    return wrap

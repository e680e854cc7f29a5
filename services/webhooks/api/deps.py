"""What the routes of webhooks need besides their path and body."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Path, Request

from services.webhooks.clients.key_ring import KeyRing
from shared.http import Call, call
from shared.kernel.errors import Text, Unavailable


class SecretKeyMissing(Unavailable):
    code = "webhooks.secret_key.missing"
    text = Text(
        "This installation cannot keep secrets: WEBHOOKS_SECRET_KEY is not set.",
        "系统未设置 WEBHOOKS_SECRET_KEY，无法保存密钥。",
    )
    fix = Text("Tell the operator of the park.", "请联系园区运维人员。")


@dataclass(frozen=True, slots=True)
class WebhookParts:
    """The parts of this service's app, made once by `create_app`."""

    key_ring_or_none: KeyRing | None
    allow_private_addresses: bool
    rotation_overlap: timedelta

    @property
    def key_ring(self) -> KeyRing:
        if self.key_ring_or_none is None:
            raise SecretKeyMissing
        return self.key_ring_or_none


async def _parts(request: Request) -> WebhookParts:
    parts: WebhookParts = request.app.state.webhooks
    return parts


Parts = Annotated[WebhookParts, Depends(_parts)]

# Operators may have endpoints of the park itself, so they need not act for a tenant.
WebhooksRead = Annotated[Call, Depends(call("webhooks:read"))]
WebhooksWrite = Annotated[Call, Depends(call("webhooks:write", park_wide=True))]

EndpointId = Annotated[str, Path(pattern=r"^end_[0-9a-f]{32}$")]
DeliveryId = Annotated[str, Path(pattern=r"^dlv_[0-9a-f]{32}$")]

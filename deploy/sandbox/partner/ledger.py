"""What the partner received, and what it therefore knows about each order."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)
_STATUS_BY_EVENT: Final = {
    "catalog.order.placed": "placed",
    "catalog.order.backordered": "backordered",
}


@dataclass
class WebhookLedger:
    """`types` by webhook-id; `attempts` counts every request of an id."""

    types: dict[str, str] = field(default_factory=dict)
    attempts: Counter[str] = field(default_factory=Counter)
    unverified: list[str] = field(default_factory=list)
    failed_on_purpose: int = 0
    slow_on_purpose: int = 0
    last_news_s: float = 0.0  # monotonic
    newest_at: datetime = _NEVER  # business time of the newest event
    status: dict[str, str] = field(default_factory=dict)  # by order id
    _status_since: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    @property
    def retries(self) -> int:
        """Requests beyond the first of their id."""
        return self.attempts.total() - len(self.attempts)

    def record(self, webhook_id: str, message: Mapping[str, Any], now_s: float) -> None:
        """A webhook that arrived before changes nothing."""
        if webhook_id in self.types:
            return
        event_type, data = str(message["type"]), message["data"]
        self.types[webhook_id] = event_type
        self.last_news_s = now_s
        at = datetime.fromisoformat(message["timestamp"])
        self.newest_at = max(self.newest_at, at)
        if event_type == "catalog.order.status_changed":
            self._set_status(data["order_id"], data["status"], (at, webhook_id))
        elif event_type in _STATUS_BY_EVENT:
            self._set_status(data["order_id"], _STATUS_BY_EVENT[event_type], (at, webhook_id))

    def _set_status(self, order_id: str, status: str, since: tuple[datetime, str]) -> None:
        """Retries arrive late: an older event never overwrites a newer one. Within an instant the
        ids say which is newer."""
        if order_id not in self._status_since or since > self._status_since[order_id]:
            self._status_since[order_id] = since
            self.status[order_id] = status

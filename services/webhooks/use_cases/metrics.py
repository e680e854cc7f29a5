"""Metrics of webhooks. No endpoint and no tenant ever becomes a label."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from services.webhooks.domain.deliveries.answers import Result

ATTEMPTS: Final = Counter(
    "airlane_webhook_attempts", "Requests sent to endpoints, by what they came to.", ["result"]
)
for _result in Result:  # a series that begins at 1 shows no increase
    ATTEMPTS.labels(_result.value)
DELIVERY_SECONDS: Final = Histogram(
    "airlane_webhook_delivery_seconds",
    "Time from the event's arrival here to the endpoint's 2xx.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600),
)
BACKLOG_AGE: Final = Gauge(
    "airlane_webhook_backlog_age_seconds",
    "How long the oldest delivery that could be sent now has been waiting.",
)
BACKLOG_DELIVERIES: Final = Gauge(
    "airlane_webhook_backlog_deliveries", "Deliveries that have not ended, retries included."
)
ENDPOINTS: Final = Gauge("airlane_webhook_endpoints", "Endpoints by state.", ["state"])
FAN_OUT_DELIVERIES: Final = Counter(
    "airlane_webhook_fan_out_deliveries", "Deliveries that events called for."
)

"""The core set of metrics: one Prometheus object each, with about ten series at most. What only one
service counts lives in that service. A tenant, endpoint or event id is never a label.
"""

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from prometheus_client import (
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)

# `_created` series double every counter and no query of ours reads them.
disable_created_metrics()  # type: ignore[no-untyped-call]

_REQUEST_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_JOB_S: Final = (0.005, 0.025, 0.1, 0.5, 2.5, 10, 60)

HTTP_REQUESTS: Final = Counter(
    "airlane_http_requests",
    "Answered requests by route template.",
    ["service", "route", "method", "code"],
)
HTTP_REQUEST_DURATION: Final = Histogram(
    "airlane_http_request_duration_seconds",
    "Time from the head of a request until its answer begins.",
    ["service", "route", "method"],
    buckets=_REQUEST_S,
)
HTTP_PROBLEMS: Final = Counter(
    "airlane_http_problems",
    "Problems reported to callers, including those of batch items, by code.",
    ["code"],
)
HTTP_IN_FLIGHT: Final = Gauge(
    "airlane_http_requests_in_flight", "Requests being worked on in this process."
)
HTTP_SHED: Final = Counter(
    "airlane_http_requests_shed", "Requests refused with 503 because too many were in flight."
)
HTTP_LIMITED: Final = Counter(
    "airlane_http_requests_limited",
    "Requests refused with 429: above a caller's rate, too many at once, or failed log-ins.",
    ["reason"],
)
for _reason in ("rate", "at_once", "log_in"):  # a series that starts at 1 shows no increase
    HTTP_LIMITED.labels(_reason)

OUTBOX_UNPUBLISHED: Final = Gauge(
    "airlane_outbox_unpublished_rows", "Events that are committed but not yet on Kafka."
)
OUTBOX_OLDEST_AGE: Final = Gauge(
    "airlane_outbox_oldest_age_seconds", "Age of the oldest event not yet on Kafka."
)
OUTBOX_PUBLISHED: Final = Counter(
    "airlane_outbox_published", "Events acknowledged by Kafka, repetitions included."
)
OUTBOX_PUBLISH_SECONDS: Final = Histogram(
    "airlane_outbox_publish_seconds",
    "Time from commit to Kafka's acknowledgement.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30),
)
RELAY_STREAM_OWNER: Final = Gauge(
    "airlane_relay_stream_owner", "1 while this process publishes the stream.", ["stream"]
)

RELAY_STREAMS_HELD_UP: Final = Gauge(
    "airlane_relay_streams_held_up", "Streams of this process whose events Kafka does not take."
)

CONSUMER_LAG: Final = Gauge(
    "airlane_consumer_lag_messages", "Records between the committed offset and the end.", ["topic"]
)
CONSUMER_OLDEST_AGE: Final = Gauge(
    "airlane_consumer_oldest_age_seconds", "Age of the oldest record not yet handled.", ["topic"]
)
CONSUMER_PAUSED: Final = Gauge(
    "airlane_consumer_partitions_paused",
    "Partitions paused because one event after another fails: all would become dead letters.",
    ["topic"],
)
CONSUMER_EVENTS: Final = Counter(
    "airlane_consumer_events", "Records taken from Kafka, by what became of them.", ["outcome"]
)
INBOX_DUPLICATES: Final = Counter(
    "airlane_inbox_duplicates", "Events that were delivered again and recognised."
)
DLQ_MESSAGES: Final = Counter(
    "airlane_dlq_messages", "Records put on a dead-letter topic.", ["reason"]
)

DLQ_DEPTH: Final = Gauge(
    "airlane_dlq_depth_messages", "Dead letters that have not been redriven.", ["topic"]
)

DB_POOL_IN_USE: Final = Gauge("airlane_db_pool_in_use", "Database connections in use.")
DB_POOL_WAITING: Final = Gauge("airlane_db_pool_waiting", "Tasks waiting for a connection.")
DB_POOL_SIZE: Final = Gauge(
    "airlane_db_pool_size", "Database connections that this process may have at once."
)
DB_OLDEST_XACT_AGE: Final = Gauge(
    "airlane_db_oldest_xact_age_seconds", "Age of the oldest transaction of the service's role."
)
DB_SIZE: Final = Gauge("airlane_db_size_bytes", "Size of the service's database on disk.")

KAFKA_CONNECTED: Final = Gauge(
    "airlane_kafka_connected",
    "1 while Kafka answers the client; a client that has had nothing to do has no series.",
    ["client_id"],
)

PARTITIONS_OVERDUE: Final = Gauge(
    "airlane_partitions_overdue",
    "Partitions of the outbox or the inbox that should have been dropped by yesterday.",
    ["table"],
)
PARTITION_STRAY_ROWS: Final = Gauge(
    "airlane_partition_stray_rows",
    "Rows in the default partition, up to 10,000: their day had no partition when they came.",
    ["table"],
)

JOB_RUN_SECONDS: Final = Histogram(
    "airlane_job_run_seconds", "Duration of a periodic job's run.", ["name"], buckets=_JOB_S
)
JOB_FAILURES: Final = Counter("airlane_job_failures", "Runs of a job that failed.", ["name"])
JOB_SUBJECTS_FAILED: Final = Counter(
    "airlane_job_subjects_failed",
    "Merchants, flights and the like that a run failed for while it went on with the others.",
    ["name"],
)
JOB_LAST_SUCCESS: Final = Gauge(
    "airlane_job_last_success_timestamp_seconds",
    "When a job last succeeded in this process; 0: never.",
    ["name"],
)

EVENT_LOOP_LAG: Final = Histogram(
    "airlane_event_loop_lag_seconds",
    "How late the event loop wakes a task that slept; measured four times a second.",
    buckets=(0.005, 0.025, 0.1, 0.25, 0.5, 1, 5),
)

_BUILD_INFO: Final = Gauge(
    "airlane_build_info", "Always 1; labels say what runs.", ["service", "version", "python"]
)


def project_version() -> str:
    try:
        return version("airlane")
    except PackageNotFoundError:  # run from a checkout that was not installed
        return "0.0.0"


def set_build_info(service: str) -> None:
    _BUILD_INFO.labels(service, project_version(), platform.python_version()).set(1)

"""Kafka for every service: relay of the outbox, consumer with inbox, dead letters, jobs."""

from shared.kafka.events import BatchHandler, Handler, Received, Subscriptions
from shared.kafka.jobs import Job, JobContext
from shared.kafka.worker import Worker

__all__ = [
    "BatchHandler",
    "Handler",
    "Job",
    "JobContext",
    "Received",
    "Subscriptions",
    "Worker",
]

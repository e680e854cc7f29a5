"""Kafka for every service: relay of the outbox, consumer with inbox, dead letters, jobs."""

from shared.kafka.events import Apply, Received, Subscriptions, Undecoded
from shared.kafka.jobs import Job, JobContext
from shared.kafka.worker import Worker

__all__ = [
    "Apply",
    "Job",
    "JobContext",
    "Received",
    "Subscriptions",
    "Undecoded",
    "Worker",
]

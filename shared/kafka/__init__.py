"""Kafka for every service: the outbox relay, consumers with an inbox, dead letters, jobs."""

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

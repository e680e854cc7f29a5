"""The real engines, PostgreSQL and Kafka, as child processes: for tests and for the local park.

Everything here is synchronous and uses the standard library, so that set-up and supervisor can use
it before and beside an event loop. `MockBroker` alone needs confluent-kafka, and only when used.
"""

from deploy.engines.kafka import KafkaServer, java_and_maven_available, start_kafka
from deploy.engines.mock import MockBroker
from deploy.engines.postgres import PostgresServer, start_postgres
from deploy.engines.process import EngineError, free_port

__all__ = [
    "EngineError",
    "KafkaServer",
    "MockBroker",
    "PostgresServer",
    "free_port",
    "java_and_maven_available",
    "start_kafka",
    "start_postgres",
]

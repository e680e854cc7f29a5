"""The real engines, PostgreSQL and Kafka, as child processes: for tests and for the local park.

Everything here is synchronous and uses the standard library only, so that set-up and supervisor can
use it without an event loop or beside one. `MockBroker` needs confluent-kafka, once it is used.
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

"""The in-process broker of librdkafka: stands in for Kafka where there is no Java.

It speaks the protocol well enough for producers and consumers, keeps everything in memory, and
creates topics on first use. The system chooses its port; see `bootstrap`.
"""

from deploy.engines.process import EngineError


class MockBroker:
    """Lives in the process that created it, and ends with it."""

    def __init__(self) -> None:
        from confluent_kafka import Producer  # noqa: PLC0415 - set-up runs before it is installed

        # A producer with this setting owns the broker and is connected to it.
        self._owner: object = (producer := Producer({"test.mock.num.brokers": 1, "log_level": 3}))
        brokers = producer.list_topics(timeout=10).brokers.values()
        if not brokers:
            raise EngineError("the in-process broker did not come up")
        self.bootstrap = ",".join(f"{broker.host}:{broker.port}" for broker in brokers)

    def stop(self) -> None:
        self._owner = None

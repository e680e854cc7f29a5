"""A Kafka that requires authentication: every client of the kit has credentials, or is refused."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.engines import KafkaServer, free_port
from shared.contracts.topics import TopicSpec
from shared.kafka.admin import KafkaError, ensure_topics
from shared.kafka.letters import letters_of
from shared.kafka.publisher import Publisher
from shared.kafka.reading import end_offsets, read_all
from shared.kafka.redrive import Redrive
from shared.kernel.clock import real_now
from shared.settings import KafkaSettings
from tests.kit.clock import ManualClock
from tests.kit.databases import Postgres
from tests.support.worlds.parcels import SERVICE, Serving, a_record, an_event, parcel_world

pytestmark = pytest.mark.real_broker

USER, PASSWORD = "airlane", "lanes-and-levers"
_LISTENERS = """\
listeners=CLIENTS://127.0.0.1:{port},TLS://127.0.0.1:{tls},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=CLIENTS://127.0.0.1:{port},TLS://127.0.0.1:{tls},CONTROLLER://127.0.0.1:{controller}
listener.security.protocol.map=CLIENTS:SASL_PLAINTEXT,TLS:SASL_SSL,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENTS
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.clients.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="broker" password="b" user_broker="b" user_{user}="{password}";
listener.name.clients.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.tls.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.tls.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.tls.ssl.client.auth=required
listener.name.tls.ssl.keystore.type=PEM
listener.name.tls.ssl.keystore.location={folder}/broker.pem
listener.name.tls.ssl.truststore.type=PEM
listener.name.tls.ssl.truststore.location={folder}/ca.pem
"""  # noqa: E501 - Java's properties have no better way


def _certificates(folder: Path) -> None:
    """One CA; the broker's and the client's certificate, each in one file with its key."""
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test ca")])

    def issued(name: x509.Name, key: ec.EllipticCurvePrivateKey, *, ca: bool) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(ca_name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(real_now() - timedelta(days=1))
            .not_valid_after(real_now() + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
            )
            .sign(ca_key, hashes.SHA256())
        )

    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(issued(ca_name, ca_key, ca=True).public_bytes(pem))
    for who in ("broker", "client"):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, who)])
        plain_key = key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        certificate = issued(name, key, ca=False).public_bytes(pem)
        (folder / f"{who}.pem").write_bytes(plain_key + certificate)


class Secured:
    def __init__(self, folder: Path) -> None:
        self._folder, self.tls = folder, free_port()
        _certificates(folder)
        port, controller = free_port(), free_port()
        self.server = KafkaServer(
            folder / "kafka",
            port,
            controller,
            more=_LISTENERS.format(
                port=port,
                tls=self.tls,
                controller=controller,
                folder=folder,
                user=USER,
                password=PASSWORD,
            ),
            scram_users={USER: PASSWORD},
        )

    def plainly(self, mechanism: str, password: str = PASSWORD) -> KafkaSettings:
        return self._settings(self.server.port, "SASL_PLAINTEXT", mechanism, password)

    def encrypted(self, **files: Path | None) -> KafkaSettings:
        client = self._folder / "client.pem"
        ours = {"ssl_ca_file": self._folder / "ca.pem", "ssl_cert_file": client}
        return self._settings(
            self.tls, "SASL_SSL", "SCRAM-SHA-512", PASSWORD, **ours, ssl_key_file=client, **files
        )

    @staticmethod
    def _settings(
        port: int, protocol: str, mechanism: str, password: str, **files: Any
    ) -> KafkaSettings:
        return KafkaSettings.model_validate(
            {
                "bootstrap_servers": f"127.0.0.1:{port}",
                "security_protocol": protocol,
                "sasl_mechanism": mechanism,
                "sasl_username": USER,
                "sasl_password": password,
                **files,
            }
        )


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    broker = Secured(tmp_path_factory.mktemp("secured"))
    broker.server.start()
    yield broker
    broker.server.stop()


def _ways(secured: Secured) -> dict[str, KafkaSettings]:
    return {
        "plain": secured.plainly("PLAIN"),
        "scram": secured.plainly("SCRAM-SHA-512"),
        "encrypted": secured.encrypted(),
    }


@pytest.mark.parametrize("way", ["plain", "scram", "encrypted"])
async def test_topics_records_and_audit_with_credentials(secured: Secured, way: str) -> None:
    kafka = _ways(secured)[way]
    topic = f"airlane.test.{way}.v1"
    assert await ensure_topics(kafka, [TopicSpec(topic, partitions=1)]) == [topic]
    publisher = Publisher(kafka, client_id="test")
    await publisher.publish([a_record(topic, an_event())])
    await publisher.close()
    assert await end_offsets(kafka, [topic]) == {(topic, 0): 1}
    assert [record.offset for record in await read_all(kafka, [topic])] == [0]


async def test_worker_dead_letters_and_redrive_with_credentials(
    secured: Secured, postgres: Postgres, clock: ManualClock
) -> None:
    async with parcel_world(postgres, secured.encrypted(), clock, partitions=1) as world:
        await world.send(a_record(world.topic, an_event("refuse")))
        async with Serving(world.worker()):
            await world.dead_letters(1)
            world.broken = False
            assert (await Redrive(world.topic, SERVICE).run(world.kafka)).published == 1
            await world.effects_become(1)


async def test_every_client_is_refused_without_credentials_that_hold(secured: Secured) -> None:
    topic = "airlane.test.refused.v1"
    await ensure_topics(secured.plainly("PLAIN"), [TopicSpec(topic)])
    wrong = secured.plainly("SCRAM-SHA-512", "guessed")
    nothing = KafkaSettings(bootstrap_servers=secured.server.bootstrap)
    publisher = Publisher(wrong, client_id="test", timeout_s=5)
    tries = [
        ensure_topics(nothing, [TopicSpec(topic)], patience_s=0),
        ensure_topics(wrong, [TopicSpec(topic)], patience_s=0),
        publisher.publish([a_record(topic, an_event())]),
        read_all(wrong, [topic]),
        end_offsets(wrong, [topic]),
        letters_of(wrong, topic=topic, group=SERVICE),
        Redrive(topic, SERVICE).run(wrong),
    ]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    await publisher.close()
    assert [type(outcome) for outcome in outcomes if not isinstance(outcome, KafkaError)] == []
    assert [r.offset for r in await read_all(secured.plainly("PLAIN"), [topic])] == []

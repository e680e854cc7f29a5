"""Where a park listens: its own ports, moved one by one or all together, and what it starts."""

from deploy.local.addresses import (
    addresses,
    chosen_services,
    needed_ports,
    starts_kafka,
    starts_postgres,
)
from shared.contracts.topics import SERVICES

OWN_DATABASES = {f"{service.upper()}_DATABASE_URL": "postgresql://db" for service in SERVICES}


def test_services_have_their_ports_in_the_order_of_the_list() -> None:
    ports = addresses({})

    assert [ports.api(service) for service in SERVICES] == [8001, 8002, 8003, 8004, 8005]
    assert [ports.worker(service) for service in SERVICES] == [8101, 8102, 8103, 8104, 8105]
    assert ports.url("customs") == "http://127.0.0.1:8002"


def test_an_offset_moves_every_port_but_those_that_are_named() -> None:
    ports = addresses({"AIRLANE_PORT_OFFSET": "40", "CUSTOMS_API_PORT": "9000"})

    assert (ports.api("catalog"), ports.postgres, ports.kafka) == (8041, 15472, 19132)
    assert ports.api("customs") == 9000


def test_ports_stay_below_those_the_system_hands_out() -> None:
    assert max(addresses({"AIRLANE_PORT_OFFSET": "13000"}).ports.values()) < 32768


def test_only_the_chosen_services_need_ports() -> None:
    needed = needed_ports({"AIRLANE_SERVICES": "routing, customs"})

    assert needed["ROUTING_API_PORT"] == 8003
    assert "CATALOG_API_PORT" not in needed
    assert "AIRLANE_POSTGRES_PORT" in needed


def test_the_order_of_services_is_not_that_of_the_request() -> None:
    assert chosen_services({"AIRLANE_SERVICES": "webhooks catalog"}) == ("catalog", "webhooks")


def test_postgres_is_started_unless_every_service_has_a_database() -> None:
    one_missing = {k: v for k, v in OWN_DATABASES.items() if not k.startswith("ROUTING")}

    assert starts_postgres({})
    assert starts_postgres(one_missing)
    assert not starts_postgres(OWN_DATABASES)


def test_only_chosen_services_have_to_have_a_database() -> None:
    env = {"AIRLANE_SERVICES": "routing", "ROUTING_DATABASE_URL": "postgresql://db"}

    assert not starts_postgres(env)


def test_engines_of_ones_own_need_no_ports() -> None:
    env = OWN_DATABASES | {"KAFKA_BOOTSTRAP_SERVERS": "kafka:9092"}

    needed = needed_ports(env)

    assert not starts_kafka(env)
    assert not any(name.startswith("AIRLANE_") for name in needed)
    assert len(needed) == 2 * len(SERVICES)

"""Each process of the local park is told the secrets that it needs, and no others."""

from pathlib import Path

import pytest

from deploy.local.services import own_environment
from deploy.local.state import State
from shared.contracts.topics import SERVICES

SECRETS = {
    "operator_client_id": "operator-1",
    "operator_client_secret": "s" * 43,
    "webhooks_key": "k" * 44,
}
NEEDED = {
    ("catalog", "api"): {
        "CATALOG_SIGNING_KEY_FILE",
        "CATALOG_OPERATOR_CLIENT_ID",
        "CATALOG_OPERATOR_CLIENT_SECRET",
    },
    ("webhooks", "api"): {"WEBHOOKS_SECRET_KEY", "WEBHOOKS_ALLOW_PRIVATE_ADDRESSES"},
    ("webhooks", "worker"): {"WEBHOOKS_SECRET_KEY", "WEBHOOKS_ALLOW_PRIVATE_ADDRESSES"},
}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("part", ["api", "worker"])
def test_a_process_holds_only_the_secrets_it_needs(service: str, part: str, tmp_path: Path) -> None:
    urls = {f"{name.upper()}_DATABASE_URL": "postgresql://db" for name in SERVICES}
    told = own_environment(service, part, State(tmp_path), SECRETS, urls)
    wanted = NEEDED.get((service, part), set()) | {f"{service.upper()}_DATABASE_URL"}
    assert told.keys() == wanted

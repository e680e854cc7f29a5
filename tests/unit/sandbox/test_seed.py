"""Seeding fills an empty park, and leaves alone what is already there."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from deploy.sandbox.api_client import HttpPool
from deploy.sandbox.merchants.companies import merchants
from deploy.sandbox.park import Credential
from deploy.sandbox.seed import PARTNER_NAME, credentials_on_file, seed
from tests.unit.sandbox.scripted_api import (
    Answer,
    Asked,
    ScriptedApi,
    page,
    problem,
    settings_for,
)

MERCHANTS = merchants(1)
KNOWN = {
    "merchant": Credential("merchant-1", "a" * 20, "mer_0"),
    "partner": Credential("partner-1", "b" * 20, "par_1"),
}


def id_of(uscc: str) -> str:
    place = next(m.place for m in MERCHANTS if m.uscc == uscc)
    return f"mer_{place}"


def issued(asked: Asked) -> Answer:
    tenant = asked.body["tenant"]
    return 201, {"id": "cred_1", "client_id": f"new-{tenant}", "client_secret": "n" * 20,
                 "tenant": tenant, "description": asked.body["description"]}  # fmt: skip


def script_empty_park(api: ScriptedApi) -> None:
    api.script("GET", "/v1/merchants", page())
    api.script("POST", "/v1/merchants", lambda a: (201, {"id": id_of(a.body["uscc"])}))
    api.script("GET", "/v1/partners", page())
    api.script("POST", "/v1/partners", (201, {"id": "par_1"}))
    api.script("POST", "/v1/credentials", issued)


def script_seeded_park(api: ScriptedApi) -> None:
    # In another order than they were made.
    rows = [{"uscc": m.uscc, "id": f"mer_{m.place}"} for m in reversed(MERCHANTS)]
    api.script("GET", "/v1/merchants", page(*rows))
    api.script("GET", "/v1/partners", page({"id": "par_9", "name": "Other"},
                                           {"id": "par_1", "name": PARTNER_NAME}))  # fmt: skip
    api.script("POST", "/v1/credentials", issued)


def put_on_file(path: Path, held: dict[str, Credential]) -> None:
    path.write_text(json.dumps({who: asdict(credential) for who, credential in held.items()}))


async def test_an_empty_park_gets_its_merchants_a_partner_and_credentials(
    api: ScriptedApi, pool: HttpPool, tmp_path: Path
) -> None:
    script_empty_park(api)
    settings = settings_for(api, tmp_path)

    park = await seed(settings, pool)

    registered = api.asked_for("/v1/merchants")
    assert {asked.body["uscc"] for asked in registered} == {m.uscc for m in MERCHANTS}
    assert all(a.headers["Idempotency-Key"] == f"seed-{a.body['uscc']}" for a in registered)
    assert park.merchant_ids == [f"mer_{place}" for place in range(258)]
    assert park.belts["mer_5"] == MERCHANTS[5].belt
    assert park.credentials["merchant"] == Credential("new-mer_0", "n" * 20, "mer_0")
    assert park.credentials["partner"].tenant == "par_1"


async def test_credentials_are_kept_in_a_file_that_only_the_owner_reads(
    api: ScriptedApi, pool: HttpPool, tmp_path: Path
) -> None:
    script_empty_park(api)
    settings = settings_for(api, tmp_path)

    park = await seed(settings, pool)

    assert credentials_on_file(settings.credentials) == park.credentials
    assert settings.credentials.stat().st_mode & 0o777 == 0o600
    assert credentials_on_file(settings.credentials)["operator"].tenant == "park"


async def test_a_secret_is_asked_for_without_a_key(
    api: ScriptedApi, pool: HttpPool, tmp_path: Path
) -> None:
    """The repeated answer to a key comes without the secret, which is shown once."""
    script_empty_park(api)

    await seed(settings_for(api, tmp_path), pool)

    assert all("Idempotency-Key" not in a.headers for a in api.asked_for("/v1/credentials"))


async def test_a_seeded_park_is_left_as_it_is(
    api: ScriptedApi, pool: HttpPool, tmp_path: Path
) -> None:
    script_seeded_park(api)
    settings = settings_for(api, tmp_path)
    put_on_file(settings.credentials, KNOWN)

    park = await seed(settings, pool)

    assert park.merchant_ids == [f"mer_{place}" for place in range(258)]
    assert {who: park.credentials[who] for who in KNOWN} == KNOWN
    made = {a.path for a in api.asked if a.method == "POST" and a.path != "/oauth/token"}
    assert made == set()


@pytest.mark.parametrize(
    "held",
    [
        {"merchant": KNOWN["merchant"]},
        KNOWN | {"partner": Credential("partner-1", "b" * 20, "par_of_an_older_park")},
    ],
)
async def test_only_a_credential_that_is_missing_or_another_tenants_is_issued(
    api: ScriptedApi, pool: HttpPool, tmp_path: Path, held: dict[str, Credential]
) -> None:
    script_seeded_park(api)
    settings = settings_for(api, tmp_path)
    put_on_file(settings.credentials, held)

    park = await seed(settings, pool)

    assert park.credentials["merchant"] == KNOWN["merchant"]
    assert [a.body["tenant"] for a in api.asked_for("/v1/credentials")] == ["par_1"]


async def test_a_credential_that_the_park_no_longer_accepts_is_replaced(
    api: ScriptedApi, pool: HttpPool, tmp_path: Path
) -> None:
    def only_the_operator(asked: Asked) -> Answer:
        if "client_id=operator-1" in asked.body:
            return 200, {"access_token": "t", "expires_in": 900}
        return problem(401, "oauth.invalid_client")

    script_seeded_park(api)
    api.script("POST", "/oauth/token", only_the_operator)
    settings = settings_for(api, tmp_path)
    put_on_file(settings.credentials, KNOWN)

    park = await seed(settings, pool)

    assert park.credentials["merchant"].client_id == "new-mer_0"
    assert park.credentials["partner"].client_id == "new-par_1"


@pytest.mark.parametrize("content", ["", "[]", "{", '{"merchant": {"client_id": "a"}}'])
def test_a_file_of_credentials_that_is_not_readable_holds_none(
    tmp_path: Path, content: str
) -> None:
    path = tmp_path / "credentials.json"
    path.write_text(content)

    assert credentials_on_file(path) == {}
    assert credentials_on_file(tmp_path / "absent.json") == {}

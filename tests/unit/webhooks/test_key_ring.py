"""Keys that encrypt secrets: what they open, and settings that are refused."""

import pytest

from services.webhooks.clients.key_ring import KeyRing, KeyRingError
from services.webhooks.domain.endpoints.secrets import new_secret


def test_keys_of_a_ring_open_what_they_sealed_and_nothing_else() -> None:
    first = KeyRing.parse("k1:" + "A" * 43 + "=")
    both = KeyRing.parse("k2:" + "B" * 42 + "A=, k1:" + "A" * 43 + "=")
    secret = new_secret()
    sealed = first.seal(secret, bound_to="end_1")
    assert secret not in sealed.sealed
    assert both.open(sealed, bound_to="end_1") == secret
    assert both.seal(secret, bound_to="end_1").key_id == "k2"
    with pytest.raises(KeyRingError):
        first.open(sealed, bound_to="end_2")
    with pytest.raises(KeyRingError):
        first.open(both.seal(secret, bound_to="end_1"), bound_to="end_1")


@pytest.mark.parametrize("setting", ["", "k1", "k1:###", "k1:QUJD", ":" + "A" * 43 + "="])
def test_a_malformed_key_setting_is_refused(setting: str) -> None:
    with pytest.raises(KeyRingError):
        KeyRing.parse(setting)

"""Every test gets the fixtures of the test kit; see tests/kit/plugin.py."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.kit.plugin"]

# How long an example takes depends more on the machine's other work than on the code.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

"""Every test gets the fixtures of the test kit; see shared/testing/plugin.py."""

pytest_plugins = ["shared.testing.plugin"]

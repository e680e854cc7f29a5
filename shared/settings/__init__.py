"""Settings: read from the environment once, typed, with a clear message when a value is wrong."""

from shared.settings.kafka import KafkaSettings
from shared.settings.loading import SettingsError, load
from shared.settings.service import ServiceSettings

__all__ = ["KafkaSettings", "ServiceSettings", "SettingsError", "load"]

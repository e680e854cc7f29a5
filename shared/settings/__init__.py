"""What a process reads from its environment: once, typed, with a plain word when it is wrong."""

from shared.settings.kafka import KafkaSettings
from shared.settings.loading import SettingsError, load
from shared.settings.service import ServiceSettings

__all__ = ["KafkaSettings", "ServiceSettings", "SettingsError", "load"]

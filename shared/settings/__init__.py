"""What a process reads from its environment: once, typed, with a plain word when it is wrong."""

from shared.settings.service import ServiceSettings, SettingsError, load

__all__ = ["ServiceSettings", "SettingsError", "load"]

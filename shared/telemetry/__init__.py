"""Logs, metrics and traces of every process, and the small server workers show them on."""

from shared.telemetry.logging import get_logger

__all__ = ["get_logger"]

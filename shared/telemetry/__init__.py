"""Logs, metrics and traces of every process, and the small server on which workers expose them."""

from shared.telemetry.logging import get_logger

__all__ = ["get_logger"]

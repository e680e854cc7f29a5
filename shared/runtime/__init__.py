"""How a process of a service starts and stops: `python -m services.<name> <command>`."""

from shared.runtime.main import OwnCommand, main

__all__ = ["OwnCommand", "main"]

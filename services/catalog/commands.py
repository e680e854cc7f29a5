"""Commands that only catalog has: `python -m services.catalog rotate-key`."""

from services.catalog.settings import Settings
from services.catalog.use_cases.signing_keys import TooEarly, rotate
from shared.kernel.clock import real_now
from shared.settings import SettingsError


def rotate_key(settings: Settings) -> str:
    """One step of the rotation of the key that signs tokens; what was done, in one line. Running
    processes notice by themselves. How it works: `use_cases.signing_keys`. Raises SettingsError.
    """
    if settings.signing_key_file is None:
        raise SettingsError(["CATALOG_SIGNING_KEY_FILE is not set: there is no key to rotate."])
    try:
        return rotate(settings.signing_key_file, now=real_now())
    except (TooEarly, OSError, ValueError) as error:
        raise SettingsError([str(error)]) from error

"""Commands that only catalog has: `python -m services.catalog rotate-key`."""

from services.catalog.settings import Settings
from services.catalog.use_cases.credentials.signing_keys import TooEarly, rotate
from shared.kernel.clock import real_now
from shared.settings import SettingsError


def rotate_key(settings: Settings) -> str:
    """Takes one step of the rotation of the key that signs tokens, and says what it did.

    Running processes notice by themselves; `use_cases.credentials.signing_keys` says how. Raises
    SettingsError.
    """
    if settings.signing_key_file is None:
        raise SettingsError(["CATALOG_SIGNING_KEY_FILE is not set: there is no key to rotate."])
    try:
        return rotate(settings.signing_key_file, now=real_now())
    except (TooEarly, OSError, ValueError) as error:
        raise SettingsError([str(error)]) from error

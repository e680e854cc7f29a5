"""Every refusal of catalog has a code of its own and speaks both languages."""

import pytest

from services.catalog import app
from shared.kernel.errors import AirlaneError

# The app imports every module that declares a rule.
SERVICE = app.__name__.rpartition(".")[0]


def _rules(kind: type[AirlaneError]) -> list[type[AirlaneError]]:
    return [kind, *(rule for sub in kind.__subclasses__() for rule in _rules(sub))]


RULES = [r for r in _rules(AirlaneError) if r.__module__.startswith(SERVICE)]


def test_every_refusal_has_its_own_code() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES) > 30
    assert all(rule.code.startswith(("catalog.", "auth.")) for rule in RULES)


@pytest.mark.parametrize("rule", RULES)
def test_every_refusal_speaks_chinese(rule: type[AirlaneError]) -> None:
    for words in (rule.text, rule.fix):
        assert any("\u4e00" <= character <= "\u9fff" for character in words.zh) or not words.en

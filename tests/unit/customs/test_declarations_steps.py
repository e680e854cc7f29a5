"""How a step that is not allowed is told, and what statuses and steps are called."""

import re
from pathlib import Path

from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.steps import (
    STEP_NAMES,
    Step,
    step_not_allowed,
)
from services.customs.domain.documents.names import DOCUMENT_NAMES, STATUS_NAMES
from services.customs.domain.documents.phases import DocumentPhase

GLOSSARY = Path(__file__).parents[3] / "docs/glossary.md"


def test_a_refusal_names_status_and_steps_in_its_language() -> None:
    error = step_not_allowed(Phase.TRANSMITTED, Step.CLONE, [Step.RESEND, Step.CANCEL])

    zh = error.text.render("zh-CN", error.params)
    assert zh == "清单状态为“已提交单一窗口”，不能执行“重新申报”操作。"
    assert error.fix.render("zh-CN", error.params) == "可执行的操作：撤销、重新发送。"
    assert error.fix.render("en", error.params) == "Allowed are: cancel, resend."


def test_where_no_step_is_allowed_it_says_what_to_do() -> None:
    error = step_not_allowed(Phase.CANCEL_REQUESTED, Step.CANCEL, [])

    assert "cancel requested" in error.text.render("en", error.params)
    assert error.fix.render("en", error.params) == "Allowed are: none; wait for customs."
    assert error.fix.render("zh-CN", error.params) == "可执行的操作：无，请等待海关。"


def test_every_status_step_and_document_has_a_name_and_the_glossary_lists_it() -> None:
    assert {*Phase, *DocumentPhase} == STATUS_NAMES.keys()
    assert set(Step) == STEP_NAMES.keys()
    page = GLOSSARY.read_text(encoding="utf-8")
    for code, name in {**STATUS_NAMES, **STEP_NAMES}.items():
        assert f"| `{code}` | {name.zh} |" in page, code
    for name in DOCUMENT_NAMES.values():
        assert not re.search("[a-zA-Z]", name.zh)

"""Where a test's parts are: fixtures in conftest.py, what several folders use in tests/kit (of the
kit) or tests/support (events, worlds of the services).
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"


def no_fixtures(source: str) -> Iterator[str]:
    """Classes and functions of a conftest.py that are neither fixtures nor hooks of pytest."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
            is_fixture = any(one.startswith("pytest.fixture") for one in decorators)
            if not is_fixture and not node.name.startswith("pytest_"):
                yield node.name


def strangers(file: str, source: str) -> Iterator[str]:
    """Modules of tests that `file` imports from a folder that is neither its own nor shared."""
    own = ".".join(Path(file).parent.parts)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests."):
            module = node.module or ""
            if not f"{module}.".startswith(("tests.kit.", "tests.support.", f"{own}.")):
                yield module


def test_a_conftest_has_nothing_but_fixtures() -> None:
    found = {
        str(file.relative_to(ROOT)): names
        for file in TESTS.rglob("conftest.py")
        if (names := list(no_fixtures(file.read_text(encoding="utf-8"))))
    }

    assert found == {}


def test_a_planted_class_and_a_planted_function_are_found() -> None:
    planted = (
        "import pytest\n"
        "def pytest_configure(config): ...\n"
        "@pytest.fixture(scope='session')\n"
        "async def db(): ...\n"
        "class World: ...\n"
        "async def until(): ...\n"
    )

    assert list(no_fixtures(planted)) == ["World", "until"]


def test_tests_import_nothing_from_the_folder_of_another_service() -> None:
    files = [file.relative_to(ROOT) for file in TESTS.rglob("*.py")]

    found = {str(file): list(strangers(str(file), (ROOT / file).read_text())) for file in files}

    assert {file: modules for file, modules in found.items() if modules} == {}


@pytest.mark.parametrize(
    ("module", "found"),
    [
        ("tests.integration.customs.test_lanes_api", ["tests.integration.customs.test_lanes_api"]),
        ("tests.integration.catalog.test_orders_api", []),
        ("tests.support.worlds.customs", []),
    ],
)
def test_a_planted_import_of_another_folder_is_found(module: str, found: list[str]) -> None:
    file, planted = "tests/integration/catalog/test_planted.py", f"from {module} import anything\n"

    assert list(strangers(file, planted)) == found

"""Every layer of a service is cut into the same areas, and its README lists them."""

import re
from pathlib import Path

import pytest

from shared.contracts.registry import EVENTS
from shared.contracts.topics import SERVICES

ROOT = Path(__file__).resolve().parents[2]
LAYERS = (
    "api",
    "schemas",
    "use_cases",
    "queries",
    "repository",
    "tables",
    "events",
    "consumers",
    "domain",
)
# What serves all areas of a layer has the same name in every service.
COMMON = {
    "api": {"deps"},
    "schemas": {"fields"},
    "tables": {"metadata"},
    "use_cases": {"metrics"},
    "repository": {"turn"},
    # The tariff is a table and no area.
    "domain": {"tariff"},
}


def _modules(layer: Path) -> set[str]:
    """Names directly below a layer, files and folders alike."""
    if not layer.is_dir():
        return set()
    return {
        path.stem
        for path in layer.iterdir()
        if not path.name.startswith("__") and (path.suffix == ".py" or path.is_dir())
    }


def _areas_of_readme(text: str) -> set[str]:
    section = re.search(r"^## Areas\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert section, "the README has no section '## Areas'"
    return set(re.findall(r"^- `(\w+)`", section.group(1), re.MULTILINE))


def _areas_of_code(service: Path) -> set[str]:
    return {
        name for layer in LAYERS for name in _modules(service / layer) - COMMON.get(layer, set())
    }


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("layer", LAYERS)
def test_layer_is_a_folder(service: str, layer: str) -> None:
    if layer == "events" and not any(name.startswith(f"{service}.") for name in EVENTS):
        return  # it publishes nothing

    assert (ROOT / "services" / service / layer / "__init__.py").is_file()


@pytest.mark.parametrize("service", SERVICES)
def test_areas_of_the_readme_are_those_of_the_code(service: str) -> None:
    folder = ROOT / "services" / service
    readme = (folder / "README.md").read_text(encoding="utf-8")

    assert _areas_of_readme(readme) == _areas_of_code(folder)


@pytest.mark.parametrize("service", SERVICES)
def test_area_has_one_noun_in_several_layers(service: str) -> None:
    folder = ROOT / "services" / service

    for area in _areas_of_code(folder):
        layers = [layer for layer in LAYERS if area in _modules(folder / layer)]
        assert len(layers) > 1, f"{area} is only in {layers}: which area does it belong to?"


def test_area_that_the_readme_does_not_list_is_noticed(tmp_path: Path) -> None:
    for layer in LAYERS:
        (tmp_path / layer).mkdir()
        (tmp_path / layer / "__init__.py").touch()
        (tmp_path / layer / "orders.py").touch()
    (tmp_path / "api" / "deps.py").touch()
    readme = "# s\n## Areas\n- `orders`: what was ordered\n\n## Publishes\n- `x`\n"
    assert _areas_of_code(tmp_path) == _areas_of_readme(readme)

    (tmp_path / "domain" / "helpers.py").touch()

    assert _areas_of_code(tmp_path) - _areas_of_readme(readme) == {"helpers"}

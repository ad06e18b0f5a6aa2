"""Reading a scenario: the shipped sections, with a user's changes laid over them."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from tapflow.business.scenario.model import Scenario
from tapflow.core.errors import ScenarioInvalid, UnknownName

PROFILES = ("tiny", "demo", "full")


def load_scenario(profile: str = "demo", overrides: dict[str, Any] | None = None) -> Scenario:
    """The shipped scenario at a profile's size, with `overrides` (nested as the file) laid over it.

    Raises UnknownName for a profile, ScenarioInvalid for a section, key or value that breaks a rule.
    """
    sizes = _section("sizes")
    if profile not in sizes:
        raise UnknownName("profile", profile, sizes)
    raw: dict[str, Any] = {name: _section(name) for name in Scenario.model_fields if name != "size"}
    raw["size"] = sizes[profile]
    try:
        return Scenario.model_validate(_overlaid(raw, overrides or {}))
    except ValidationError as error:
        raise _readable(error) from error


def read_overrides(path: Path) -> dict[str, Any]:
    """A user's scenario file as nested values. Raises ScenarioInvalid if it is no YAML mapping."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ScenarioInvalid(f"There is no scenario file {path}.", "Check the path after --scenario.") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        where = f" at line {error.problem_mark.line + 1}" if getattr(error, "problem_mark", None) else ""  # type: ignore[union-attr]
        raise ScenarioInvalid(f"{path} is not readable as YAML{where}.", "Mend the file and try again.") from error
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ScenarioInvalid(f"{path} must hold sections, such as `customers:`.", "See docs/scenario.md.")
    return found


def _section(name: str) -> dict[str, Any]:
    text = resources.files(__package__).joinpath(f"{name}.yml").read_text(encoding="utf-8")
    values: dict[str, Any] = yaml.safe_load(text)
    return values


def _overlaid(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        inner = merged.get(key)
        merged[key] = _overlaid(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return merged


def _readable(error: ValidationError) -> ScenarioInvalid:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    more = f" ({error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return ScenarioInvalid(f"The scenario's {where} is wrong: {first['msg']}{more}.", "Mend it in the scenario file.")

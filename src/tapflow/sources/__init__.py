"""The source systems: what each outside system shows of the company.

A system is a package here with `OBJECTS` (its declared objects) and `records(company, day)`.
Being here registers it: nothing else needs to name it. They are loaded when `SYSTEMS` is first
asked for: the process that only writes logs (`writing.py`) needs none of them.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def _systems() -> dict[str, ModuleType]:
    packages = sorted(m.name for m in pkgutil.iter_modules(__path__) if m.ispkg)
    modules = {name: importlib.import_module(f"{__name__}.{name}") for name in packages}
    return {name: module for name, module in modules.items() if hasattr(module, "OBJECTS")}


SYSTEMS: dict[str, ModuleType]
"""System name -> its package, in order of names."""


def __getattr__(name: str) -> dict[str, ModuleType]:
    if name != "SYSTEMS":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()["SYSTEMS"] = found = _systems()
    return found

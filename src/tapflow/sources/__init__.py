"""The source systems: what each outside system shows of the company.

A system is a package here with `OBJECTS` (its declared objects) and `records(company, day)`.
Being here registers it: nothing else needs to name it.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def _systems() -> dict[str, ModuleType]:
    packages = sorted(m.name for m in pkgutil.iter_modules(__path__) if m.ispkg)
    modules = {name: importlib.import_module(f"{__name__}.{name}") for name in packages}
    return {name: module for name, module in modules.items() if hasattr(module, "OBJECTS")}


SYSTEMS: dict[str, ModuleType] = _systems()
"""System name -> its package, in order of names."""

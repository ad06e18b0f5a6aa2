"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings
from tests.homes import BuiltHome, built_home

# Subprocesses of tests must run this checkout, however the environment was made.
_SOURCE = str(Path(__file__).resolve().parents[1] / "src")
os.environ["PYTHONPATH"] = os.pathsep.join([_SOURCE, *filter(None, [os.environ.get("PYTHONPATH")])])
for _name in [name for name in os.environ if name.startswith("TAPFLOW_")]:
    del os.environ[_name]

# Compiled loops are slow at their first call: time is no test's matter.
settings.register_profile("house", deadline=None, max_examples=50)
settings.load_profile("house")


@pytest.fixture(scope="session")
def tiny_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> BuiltHome:
    """A tiny company's home, simulated, ingested, built and published: to be read, never changed."""
    base = tmp_path_factory.getbasetemp()
    return built_home((base if worker_id == "master" else base.parent) / "tiny home")

from __future__ import annotations

from pathlib import Path

import pytest
from sample_vendor import Vendor

from tapflow.lake import Lake


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "my home"


@pytest.fixture
def vendor(home: Path) -> Vendor:
    return Vendor(home)


@pytest.fixture
def lake(home: Path) -> Lake:
    return Lake(home)

"""What the warehouse's tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.warehouse.shop import Shop, shop_project


@pytest.fixture(scope="session")
def shop_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shop_project(tmp_path_factory.mktemp("a project") / "warehouse")


@pytest.fixture
def shop(tmp_path: Path, shop_template: Path) -> Iterator[Shop]:
    made = Shop(tmp_path / "a home", shop_template)
    yield made
    made.lake.close()

"""Building day after day and building anew give the same rows; a fault planted in a model is caught."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from tests.homes import LIMITS, UNTIL, BuiltHome, simulated_home

from tapflow.core.errors import CheckFailed
from tapflow.ingest import ingest_days
from tapflow.lake import Lake
from tapflow.quality.verification import Wanted, verify_home
from tapflow.warehouse.builder import Warehouse
from tapflow.warehouse.project import project_dir
from tapflow.warehouse.raw import Clock

pytestmark = pytest.mark.slow
DAYS = 40


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> BuiltHome:
    root = tmp_path_factory.mktemp("rebuilt") / "home"
    simulated_home(root, days=DAYS)
    return BuiltHome(root)


def reading_all(warehouse: Warehouse) -> list[str]:
    """Incremental models that would begin at the beginning, though they hold rows."""
    compiled = warehouse.dbt.run(["compile", "--select", "config.materialized:incremental"])
    found = {path.stem: path.read_text() for path in (warehouse.folder / "dbt" / "target" / "compiled").rglob("*.sql")}
    models = [run.name for run in compiled if run.kind == "model"]
    assert len(models) > 10
    return [name for name in models if "0001-01-01" in found[name]]


def test_day_by_day_at_once_and_anew_give_the_same_rows(simulated: BuiltHome) -> None:
    warehouse, first = simulated.warehouse(), simulated.clock.first_day
    published = []
    with Lake(simulated.root) as lake:
        for upto in (19, 20, 33, DAYS - 1):
            last = first + timedelta(days=upto)
            ingest_days(simulated.root, lake, days=[first + timedelta(days=d) for d in range(upto + 1)])
            if upto == 33:
                warehouse.build_streams(lake, Clock(first, last))
            else:
                published.append(warehouse.build(lake, Clock(first, last)).version)
        assert reading_all(warehouse) == []
        published.append(warehouse.build(lake, Clock(first, UNTIL), full_refresh=True).version)
    *_, grown, anew = published
    assert grown is not None and anew is not None
    differing = {t for t in anew.tables if anew.tables[t].digest != grown.tables[t].digest}
    assert differing == set()


def test_a_fault_planted_in_a_model_is_caught(simulated: BuiltHome, tmp_path: Path) -> None:
    project = tmp_path / "warehouse"
    shutil.copytree(project_dir(), project)
    model = project / "models" / "fact" / "fact_ticket_events.sql"
    model.write_text(
        f"-- Grain: one row less\nwith sound as (\n{model.read_text()}\n) select * from sound where ticket_event_id <> "
        "(select min(ticket_event_id) from sound where event_kind = 'created' and not is_internal)\n"
    )
    wanted = Wanted(figures=["tickets_created"])
    with Lake(simulated.root) as lake:
        ingest_days(simulated.root, lake)
        simulated.warehouse().build(lake, simulated.clock)
        verify_home(simulated.root, LIMITS, wanted).require()
        faulty = Warehouse(simulated.root, LIMITS, project)
        faulty.build(lake, simulated.clock, select=["fact_ticket_events"])
        faulty.publish(lake, simulated.clock)
    with pytest.raises(CheckFailed, match="tickets_created by day differs in 1 of"):
        verify_home(simulated.root, LIMITS, wanted).require()

"""Draws the closing screen of a home's newest `tapflow up` as docs/pictures/up.svg.

`.venv/bin/python scripts/picture.py [HOME]`; the company is verified anew for it.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import TerminalTheme

from tapflow.core.settings import read_settings
from tapflow.pipeline.home import Home
from tapflow.pipeline.opening import opened
from tapflow.pipeline.runs import RunRecord, StepRecord, read_runs
from tapflow.pipeline.screen import Screen
from tapflow.pipeline.steps import Steps
from tapflow.pipeline.summary import show_summary
from tapflow.pipeline.up import Brought
from tapflow.warehouse.version import Versions

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "up.svg"
# The house's paper and ink; green, yellow and red as they mean there.
THEME = TerminalTheme(
    (250, 250, 248), (28, 27, 25),
    [(28, 27, 25), (194, 65, 12), (26, 127, 107), (183, 121, 31), (59, 91, 140), (120, 80, 130), (40, 120, 130),
     (120, 118, 112)],
)  # fmt: skip


def main(root: Path) -> None:
    """Verify the home and draw."""
    company = opened(Home(root))
    newest = next(r for r in reversed(read_runs(company.home.runs)) if r["command"] == "up" and len(r["steps"]) >= 4)
    run = RunRecord("up", "", steps=[StepRecord(**step) for step in newest["steps"]])
    out = Console(record=True, width=112, file=io.StringIO(), force_terminal=True, highlight=False)
    screen = Screen(out=out)
    with Steps(company, Screen(), RunRecord("picture", ""), read_settings().worker_count) as steps:
        brought = Brought(Versions(company.home.warehouse).current(), steps.verify())
    out.print("$ make up", style="bold")
    show_summary(screen, company, brought, run)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    # The page's own fixed-width font: a picture fetches nothing.
    form = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
        "Fira Code", "ui-monospace, Menlo, Consolas"
    )
    PICTURE.write_text(out.export_svg(title="TapFlow", theme=THEME, code_format=form), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".tapflow"))

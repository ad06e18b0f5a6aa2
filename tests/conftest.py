"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

# Subprocesses of tests must run this checkout, however the environment was made.
_SOURCE = str(Path(__file__).resolve().parents[1] / "src")
os.environ["PYTHONPATH"] = os.pathsep.join([_SOURCE, *filter(None, [os.environ.get("PYTHONPATH")])])
for _name in [name for name in os.environ if name.startswith("TAPFLOW_")]:
    del os.environ[_name]

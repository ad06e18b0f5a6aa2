"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import settings

# Subprocesses of tests must run this checkout, however the environment was made.
_SOURCE = str(Path(__file__).resolve().parents[1] / "src")
os.environ["PYTHONPATH"] = os.pathsep.join([_SOURCE, *filter(None, [os.environ.get("PYTHONPATH")])])
for _name in [name for name in os.environ if name.startswith("TAPFLOW_")]:
    del os.environ[_name]

# Compiled loops are slow at their first call: time is no test's matter.
settings.register_profile("house", deadline=None, max_examples=50)
settings.load_profile("house")

"""`python -m tapflow`: the same as `tapflow`."""

from __future__ import annotations

from tapflow.pipeline.cli import main

main()

"""Write what follows from declarations and scenario: staging models, their YAML, contracts of ingestion, seeds.

`python -m tapflow.pipeline.generate` writes; with `--check` it only compares and exits 1 on a drift.
"""

from __future__ import annotations

import importlib.util
import sys

from tapflow import sources
from tapflow.core.errors import CheckFailed, TapflowError
from tapflow.core.schema import SourceObject
from tapflow.pipeline import generate_seeds
from tapflow.warehouse.project import project_dir, sync
from tapflow.warehouse.staging import staging_files


def declared_objects() -> list[SourceObject]:
    """Every object of every registered source system."""
    return [declared for system in sources.SYSTEMS.values() for declared in system.OBJECTS]


def generate(check: bool = False) -> list[str]:
    """Bring the generated files up to date; answers the paths that changed.

    With `check` nothing is written, and a difference raises CheckFailed.
    """
    folder = project_dir() / "models" / "staging"
    changed = [f"warehouse/models/staging/{p}" for p in sync(folder, staging_files(declared_objects()), check)]
    changed += _contracts(check) + generate_seeds.generate(check)
    if check and changed:
        raise CheckFailed(
            f"{len(changed)} generated files differ from their declarations: {', '.join(changed[:5])}.",
            "Run `tapflow generate` and commit what it writes.",
        )
    return changed


def _contracts(check: bool) -> list[str]:
    if importlib.util.find_spec("tapflow.pipeline.generate_contracts") is None:
        return []
    module = importlib.import_module("tapflow.pipeline.generate_contracts")
    return list(module.generate(check=check))


def main() -> int:
    """The command; answers its exit code."""
    try:
        changed = generate(check="--check" in sys.argv[1:])
    except TapflowError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print("\n".join(changed) if changed else "Everything generated is up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

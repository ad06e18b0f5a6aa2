#!/usr/bin/env bash
# Makes .venv from a locked set: scripts/setup.sh requirements/test.txt STAMP
# The set holds the build backend too, so that nothing is fetched outside the lock.
set -euo pipefail
lock="$1" stamp="$2"

usable() {
  command -v "$1" >/dev/null 2>&1 &&
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1
}

find_python() {
  local name
  for name in "${PYTHON:-python3}" python3 python3.12 python3.13 python3.11 python; do
    if usable "$name"; then
      echo "$name"
      return
    fi
  done
  echo "TapFlow needs Python 3.11, 3.12 or 3.13; none was found. Install one, or name it: make PYTHON=/path/to/python3.12 …" >&2
  exit 3
}

if ! usable .venv/bin/python || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  python="$(find_python)"
  echo "Making .venv with $("$python" --version)"
  rm -rf .venv
  if ! "$python" -m venv .venv; then
    rm -rf .venv
    echo "Python could not make an environment. On Debian and Ubuntu: sudo apt install python3-venv, then run again." >&2
    exit 3
  fi
fi

echo "Installing the locked packages of $lock (once, about a minute)"
# The lock names every package there is to install: nothing is left for pip to resolve.
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index --editable .
echo "Compiling the simulator (once, half a minute)"
.venv/bin/python -m tapflow.pipeline.warm
rm -f .venv/.ready-*
touch "$stamp"

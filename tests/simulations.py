"""Runs `manage.py simulate` as its own program, with servers, workers and web of its own."""

import json
import subprocess
import sys
from typing import Any

from ordermgmt.stack.places import PROJECT_DIR

LONGEST_SECONDS = 600  # half a minute alone, minutes on a machine that others keep busy


def simulate(*arguments: str) -> dict[str, Any]:
    """The summary of a run that ended well."""
    ran = run_simulate("--json", *arguments)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def run_simulate(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", "simulate", *arguments],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )

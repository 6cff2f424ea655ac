"""Finds a Chromium, or gets one: `python -m tests.browser.chromium` is what `make test` runs first."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
PATIENCE_SECONDS = 600


def find() -> str | None:
    """The path of `CHROMIUM`, of a browser on this machine, or of Playwright's own."""
    candidates = [os.environ.get("CHROMIUM"), *map(shutil.which, NAMES), str(MACOS), _playwrights_own()]
    return next((path for path in candidates if path and Path(path).exists()), None)


def install() -> None:
    """Debian's package as root, else Playwright's own build; whether it worked is seen by `find`."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _try("apt-get", "update", "-qq")
        _try("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
    if find() is None:
        _try(sys.executable, "-m", "playwright", "install", "chromium")


def _playwrights_own() -> str:
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _try(*command: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, check=False, env=environment, capture_output=True, timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        print(f"{command[0]} took more than {PATIENCE_SECONDS} seconds.")


if __name__ == "__main__":
    if find() is None:
        print("No Chromium found: installing one for the browser tests.")
        install()
    if find() is None:
        print("No Chromium can be had: the browser tests will be skipped. Set CHROMIUM to the path of one.")

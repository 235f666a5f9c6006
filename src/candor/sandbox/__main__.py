"""`python -m candor.sandbox`: a sandbox Telegram by itself."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from candor.common.clock import MovableClock
from candor.sandbox.server import SandboxServer


def main() -> int:
    """Run until Ctrl-C; exit code 1 if the port is taken."""
    parser = argparse.ArgumentParser(prog="candor.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8081, help="port, 0 for any free one")
    parser.add_argument("--state-file", type=Path, help="keep the world in this file")
    options = parser.parse_args()
    return asyncio.run(_serve(options.host, options.port, options.state_file))


async def _serve(host: str, port: int, state_file: Path | None) -> int:
    server = SandboxServer(MovableClock(), state_file=state_file)
    try:
        address = await server.start(host, port)
    except OSError as error:
        sys.stderr.write(
            f"Can't listen on {host}:{port}: {error.strerror}. Choose another --port.\n"
        )
        return 1
    sys.stdout.write(f"Sandbox Telegram: {address}\nChat page: {address}/sandbox\n")
    sys.stdout.flush()
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    await stopped.wait()
    await server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())

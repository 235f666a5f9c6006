"""A process that starts the server, says so, and waits to be killed or told to stop."""

import sys
from pathlib import Path

from candor.storage.embedded.server import start_blocking


def main(folder: str) -> None:
    server = start_blocking(Path(folder), lambda line: None)
    sys.stdout.write(f"{server.pid} {server.url}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.stop_blocking()


if __name__ == "__main__":
    main(sys.argv[1])

"""The `candor` command."""


def main() -> None:
    """Run the command line."""

"""The control routes, a file per subject. Importing a file registers its routes."""

from importlib import import_module

_SUBJECTS = ("people", "chats", "messages", "members", "deals", "machine")


def load() -> None:
    """Register all routes."""
    for subject in _SUBJECTS:
        import_module(f"candor.sandbox.control.routes.{subject}")

"""The methods, a file per subject. Importing a file registers its methods."""

from importlib import import_module

_SUBJECTS = (
    "identity",
    "getting_updates",
    "sending",
    "editing",
    "buttons",
    "media",
    "files",
    "forwarding",
    "chats",
    "members",
    "invites",
    "topics",
    "business",
    "payments",
    "polls",
)


def load() -> None:
    """Register all methods."""
    for subject in _SUBJECTS:
        import_module(f"candor.sandbox.botapi.methods.{subject}")

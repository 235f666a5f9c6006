"""The methods, a file per subject. Importing a file registers its methods."""

from importlib import import_module

_SUBJECTS = (
    "identity",
    "getting_updates",
    "sending",
    "editing",
    "buttons",
)


def load() -> None:
    """Register all methods."""
    for subject in _SUBJECTS:
        import_module(f"candor.sandbox.botapi.methods.{subject}")
